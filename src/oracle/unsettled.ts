import { THREAD } from '../machine/layout.js';
import { MAX_OPERATIONS, NOT_COMPARED, type Machine } from '../machine/machine.js';
import { frameFor } from '../kernel/walk.js';
import { isPoisoned } from './backing.js';
import { isChosen, isDiscardable } from './objects.js';
import { isUnsure } from './pins.js';
import { discarding, unmapping } from './windows.js';

/** Accesses whose outcome is not for the kernel to decide: the oracles judge them, two models are not compared by them. */

/** Either outcome of the access is right: something in flight takes the page away, it may be dropped, or it is lost. */
export function isUnsettled(m: Machine, object: number, addr: number, entry: number): boolean {
  return (
    object < 0 ||
    discarding(m, object) ||
    isDiscardable(m, object) ||
    unmapping(m, addr) ||
    isPoisoned(m, frameFor(entry, addr))
  );
}

/** The same of a read, and of a word whose value nobody's write, or the kernel's choice, has decided. */
export function isUnsettledRead(
  m: Machine,
  object: number,
  addr: number,
  word: number,
  entry: number,
): boolean {
  return isUnsettled(m, object, addr, entry) || isUnsure(m, object, word) || isChosen(m, object, word);
}

/** An access that was refused while its address is being unmapped might as well have come before. */
export function excuseRefusal(m: Machine, t: number): void {
  const operation = m.words[m.layout.threadAt(t) + THREAD.OP];
  if (m.results[t * MAX_OPERATIONS + operation] >= 0) return;
  const [addr] = m.programs[t][operation].args;
  if (unmapping(m, addr)) m.returns(t, NOT_COMPARED);
}
