import { MM, THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { hasVmas } from './mm.js';
import { EXITING } from './vma.js';

/** The end of an mm: kernel/exit.c and kernel/fork.c, v4.14. */

const exitAt = (m: Machine, addr: number): number => m.layout.mmAt(addr >> m.layout.pagesShift) + MM.EXIT;

/**
 * This thread leaves the mm. NO when the mm is empty, or not born yet: there is no process in it that could exit.
 */
export const mm_release = test('mm_release', ['addr'], (m, t, addr) => {
  const mm = addr >> m.layout.pagesShift;
  if (m.words[m.layout.mmAt(mm) + MM.BORN] !== 0) return BLOCKED;
  if (!hasVmas(m, mm)) return NO;
  m.words[exitAt(m, addr)] |= 1 << t;
  return DONE;
});

/**
 * atomic_dec_and_test(&mm->mm_users) for the last of the mm's CPU threads: it waits until each of the others has no
 * operation left or has left the mm too. NO for those that left with it, once the mm is gone.
 */
export const atomic_dec_and_test_mm_users = test('atomic_dec_and_test_mm_users', ['addr'], (m, t, addr) => {
  const at = exitAt(m, addr);
  const left = m.words[at];
  if (left >= EXITING) return BLOCKED;
  if ((left & (1 << t)) === 0) return NO;
  const mm = addr >> m.layout.pagesShift;
  for (let u = 0; u < m.layout.geometry.cpus; u++)
    if (m.words[m.layout.threadAt(u) + THREAD.MM] === mm && (left & (1 << u)) === 0 && m.unfinished(u))
      return BLOCKED;
  m.words[at] = left | EXITING;
  return DONE;
});

/** The mm is gone; nothing of it is left but the words. */
export const mmdrop = verb('mmdrop', ['addr'], (m, _t, addr) => {
  m.words[exitAt(m, addr)] = 0;
  m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.FLAGS] = 0;
  return DONE;
});

/** mm_users is 0. */
export const mm_users_is_zero = test(
  'mmget_not_zero_fails',
  ['addr'],
  (m, _t, addr) => (m.words[exitAt(m, addr)] >= EXITING ? DONE : NO),
  { private: true },
);

/** MMF_HUGE_ZERO_PAGE: the reference that the mm had of the huge zero page. */
export const mm_put_huge_zero_page = verb('mm_put_huge_zero_page', ['addr'], (m, _t, addr) => {
  m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.HUGE_ZERO] = 0;
  return DONE;
});
