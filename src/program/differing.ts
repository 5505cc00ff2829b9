import type { Code } from './lower.js';

/**
 * By instruction of two models that were lowered together: 1 for a visible step that only one of them has, and for the
 * step before a private one (a goto, a register) that only one of them has.
 */
export function differing(a: Code, b: Code): Uint8Array {
  const out = new Uint8Array(a.instructions.length);
  let before = 0;
  a.instructions.forEach((i, pc) => {
    if (i.visible) before = pc;
    if (i.idle !== b.instructions[pc].idle && i.info.program === a.instructions[before].info.program)
      out[before] = 1;
  });
  out[0] = 0;
  return out;
}
