import { DONE, type Primitive } from './primitive.js';

/** The step that puts a value into the register word that its fourth argument names; `assign` gives it its shape. */
export function computedInto(value: Primitive, assign: Primitive): Primitive {
  let step = made.get(value);
  if (step === undefined) made.set(value, (step = make(value, assign)));
  return step;
}

const made = new WeakMap<Primitive, Primitive>();

function make(value: Primitive, assign: Primitive): Primitive {
  const run: Primitive['run'] = (m, t, a, b, c, d) => {
    (m as { words: Int32Array }).words[d] = value.run(m, t, a, b, c, 0);
    return DONE;
  };
  return { ...assign, name: value.name, run };
}
