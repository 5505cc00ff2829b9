import { assert } from '../base/assert.js';
import { nop, type Draft, type Runtime } from './instruction.js';
import type { Primitive } from './primitive.js';
import type { Mask } from './union.js';

/** Words of a packed instruction, and where they are. */
export const PACKED = {
  HEAD: 0, // see HEAD
  A: 1, // arguments
  B: 2,
  C: 3,
  D: 4,
  NEXT: 5, // where it goes on, times SIZE
  OTHERWISE: 6, // where it goes on if its test does not hold
  SKIP: 7, // where a model goes on that lacks it
  SHIFT: 3, // of the number of an instruction
} as const;

/** The bits of a head: two a mode of an argument, one whether it is visible, eight models, and then the primitive. */
export const HEAD = { VISIBLE: 1 << 8, MODEL: 1 << 9, PRIMITIVE_SHIFT: 17 } as const;
const MOST_PRIMITIVES = 1 << (32 - HEAD.PRIMITIVE_SHIFT);

/** The primitive that ends a program operation. */
export const RETURNS = 0;

/**
 * Instructions as the step function reads them: half a cache line each, the same for all models of a layout, so that
 * what two models run in turn is in the cache once.
 */
export interface Packed {
  readonly words: Int32Array;
  /** What the primitives do, by the number in the head. */
  readonly runs: readonly Primitive['run'][];
}

export function pack(row: readonly Draft[], all: Mask, runtime: Runtime): Packed {
  const words = new Int32Array(row.length << PACKED.SHIFT);
  const runs: Primitive['run'][] = [];
  const numbers = new Map<Primitive['run'], number>();
  const numberOf = (primitive: Primitive): number => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- primitives do not use `this`
    const { run } = primitive;
    let number = numbers.get(run);
    if (number === undefined) {
      numbers.set(run, (number = runs.length));
      runs.push(run);
    }
    return number;
  };
  assert(numberOf(runtime.ret) === RETURNS, 'pack: the return comes first');
  const landing = landings(row, all, runtime);
  row.forEach(({ primitive, args, mask, next, otherwise, skip }, place) => {
    const at = place << PACKED.SHIFT;
    let head = (numberOf(primitive) << HEAD.PRIMITIVE_SHIFT) | (mask * HEAD.MODEL);
    if (primitive.visible) head |= HEAD.VISIBLE;
    for (let i = 0; i < args.length; i++) {
      head |= args[i].mode << (2 * i);
      words[at + PACKED.A + i] = args[i].value;
    }
    words[at + PACKED.HEAD] = head;
    words[at + PACKED.NEXT] = landing[next] << PACKED.SHIFT;
    words[at + PACKED.OTHERWISE] = landing[otherwise] << PACKED.SHIFT;
    words[at + PACKED.SKIP] = landing[skip] << PACKED.SHIFT;
  });
  assert(runs.length <= MOST_PRIMITIVES, `pack: ${runs.length} primitives, at most ${MOST_PRIMITIVES}`);
  return { words, runs };
}

/**
 * By place: the first instruction from there on that does something. Jumps do nothing, and registers that are zeroed need
 * not be if what comes next zeroes them as well; nobody sees either, since private steps join the one before them.
 */
function landings(row: readonly Draft[], all: Mask, runtime: Runtime): Int32Array {
  const out = new Int32Array(row.length + 1).fill(-1);
  const forgets = (d: Draft): boolean => d.primitive === runtime.forget && d.mask === all;
  const covers = (d: Draft, [first, count]: Draft['args']): boolean => {
    if (d.primitive === runtime.ret) return true;
    if (!forgets(d)) return false;
    return d.args[0].value <= first.value && d.args[0].value + d.args[1].value >= first.value + count.value;
  };
  const find = (from: number): number => {
    let place = from;
    const way: number[] = [];
    while (out[place] < 0 && isJump(row[place], all)) {
      way.push(place);
      out[place] = place; // should jumps go in a ring
      place = row[place].next;
    }
    if (out[place] < 0) {
      out[place] = place;
      if (place < row.length && forgets(row[place])) {
        const to = find(row[place].next);
        if (covers(row[to], row[place].args)) out[place] = to;
      }
    }
    for (const p of way) out[p] = out[place];
    return out[place];
  };
  for (let i = row.length - 1; i >= 0; i--) find(i);
  return out;
}

const isJump = (d: Draft | undefined, all: Mask): d is Draft =>
  d?.primitive.run === nop && d.next === d.otherwise && (d.next === d.skip || d.mask === all);
