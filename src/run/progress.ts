import { step } from '../machine/execute.js';
import type { Machine } from '../machine/machine.js';
import { unfinished } from './drive.js';

const ROUNDS = 1024;

/**
 * After a run that used up its budget: does a fair round, a step for everybody who can, bring back a state? Compared
 * with a kept state that is renewed at powers of two (R. Brent, 1980). The observer is not asked.
 */
export function repeats(m: Machine): boolean {
  const kept = new Int32Array(m.words);
  let renew = 1;
  for (let round = 1; round <= ROUNDS; round++) {
    const left = unfinished(m);
    if (left === 0) return false;
    for (let t = 0; t < m.layout.threads; t++) if ((left & (1 << t)) !== 0) step(m, t);
    if (m.words.every((w, i) => w === kept[i])) return true;
    if (round !== renew) continue;
    kept.set(m.words);
    renew *= 2;
  }
  return false;
}
