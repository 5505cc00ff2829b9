import { VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { after } from './after.js';

/**
 * Whose operation in flight excuses that an agent still has what the entry does not give any more: a bit a thread for
 * writes, and above them one for reads, in one word of the page.
 */

const READS_SHIFT = 8;
const WRITES = 0xff;
const READS = WRITES << READS_SHIFT;

export function excuse(m: Machine, addr: number, t: number): void {
  m.words[m.layout.vpage(addr) + VPAGE.EXCUSE] |= (1 << t) | (1 << (t + READS_SHIFT));
}

/** Thread t has returned. */
export function endExcuse(m: Machine, addr: number, t: number): void {
  m.words[m.layout.vpage(addr) + VPAGE.EXCUSE] &= ~((1 << t) | (1 << (t + READS_SHIFT)));
}

export function isExcused(m: Machine, addr: number, write: boolean): boolean {
  return (m.words[m.layout.vpage(addr) + VPAGE.EXCUSE] & (write ? WRITES : READS)) !== 0;
}

/**
 * A promise of thread t ends the excuses of all who changed the entry before it looked. What takes the write permission
 * away speaks of writes alone: a page that is being zapped, or has a NUMA hint, is read until its own flush.
 */
export function endExcusesBefore(m: Machine, addr: number, t: number, writesAlone: boolean): void {
  const since = after(m, addr, t) & ~(1 << t);
  const reads = writesAlone ? READS & ~(1 << (t + READS_SHIFT)) : since << READS_SHIFT;
  m.words[m.layout.vpage(addr) + VPAGE.EXCUSE] &= since | reads;
}
