import type { Code } from './lower.js';

/**
 * By instruction of two models that were lowered together: 1 for a visible step that only one of them has, and for the
 * step before a private one (a goto, a register) that only one of them has.
 */
export function differing(a: Code, b: Code): Uint8Array {
  const [mine, yours] = [having(a, b), having(b, a)];
  return mine.map((has, pc) => has | yours[pc]);
}

/** The same of what `a` has and `b` lacks. */
export function having(a: Code, b: Code): Uint8Array {
  const out = new Uint8Array(a.length);
  let before = 0;
  for (let pc = 0; pc < a.length; pc++) {
    if (a.visible(pc)) before = pc;
    if (!a.idle(pc) && b.idle(pc) && a.info(pc).program === a.info(before).program) out[before] = 1;
  }
  out[0] = 0;
  return out;
}
