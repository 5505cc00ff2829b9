import { AS_IS, INDEX, READ, type Instruction, type Operand } from './instruction.js';
import type { Primitive } from './primitive.js';

/**
 * What a register holds, as far as a check without a run can tell: `#3` a number, `r0` an argument, `d17` what
 * instruction 17 wrote, `mmap_sem(r0)` a value of those. Equal symbols are equal values; the others may be equal.
 */
export type Symbol_ = string;

export function operandsOf(i: Instruction): readonly Operand[] {
  return [
    { mode: i.am, value: i.a },
    { mode: i.bm, value: i.b },
    { mode: i.cm, value: i.c },
    { mode: i.dm, value: i.d },
  ];
}

/** Registers that the instruction reads, and those that it writes. */
export function readsOf(i: Instruction): readonly number[] {
  return operandsOf(i).flatMap((o) => (o.mode === READ ? [o.value] : []));
}
export function writesOf(i: Instruction): readonly number[] {
  return operandsOf(i).flatMap((o) => (o.mode === INDEX ? [o.value] : []));
}

export function symbolOf(o: Operand, registers: ReadonlyMap<number, Symbol_>): Symbol_ {
  return o.mode === AS_IS ? `#${o.value}` : (registers.get(o.value) ?? '#0');
}

/** The numbers that the symbols stand for, undefined unless all are known. */
export function numbersOf(symbols: readonly Symbol_[]): readonly number[] | undefined {
  return symbols.every((s) => s.startsWith('#')) ? symbols.map((s) => Number(s.slice(1))) : undefined;
}

/** A machine that cannot be looked at: what runs on it without an error depends on its arguments alone. */
const nothing: object = new Proxy(
  {},
  {
    get(): never {
      throw new LookedAt();
    },
  },
);
class LookedAt extends Error {}

/** What the primitive answers to these numbers if it does not look at the machine, else undefined. */
export function answer(primitive: Primitive, args: readonly number[]): number | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = args;
  try {
    return primitive.run(nothing, 0, a, b, c, d);
  } catch (e) {
    if (e instanceof LookedAt) return undefined;
    throw e;
  }
}

/** True if its answers depend on its arguments alone, as far as a few tries show. */
export function isPure(primitive: Primitive): boolean {
  return [0, 1, 5, -1].every((n) => answer(primitive, [n, 1, 1, 1]) !== undefined);
}

/** True if all it does is to copy its second argument into its first (`let`). */
export function isCopy(primitive: Primitive): boolean {
  const [to, from, ...rest] = primitive.params;
  if (primitive.shape !== 'step' || to?.mode !== 'out' || from?.mode !== 'in' || rest.length > 0)
    return false;
  const words: Record<number, number> = {};
  const machine = new Proxy(
    { words },
    {
      get(target, name): unknown {
        if (name !== 'words') throw new LookedAt();
        return target[name];
      },
    },
  );
  try {
    primitive.run(machine, 0, 3, 12345, 0, 0);
  } catch (e) {
    if (e instanceof LookedAt) return false;
    throw e;
  }
  return words[3] === 12345;
}
