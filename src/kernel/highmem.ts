import { PAGE_WORDS, PTES_PER_PMD } from '../machine/geometry.js';
import { FRAME } from '../machine/layout.js';
import { verb } from '../machine/verb.js';
import { DONE } from '../program/primitive.js';

/** Contents of pages, as the kernel copies and clears them: include/linux/highmem.h, v4.14. */

/** Copies one base page. The reads and writes of the copy are one step (docs/fidelity.md). */
export const copy_user_highpage = verb('copy_user_highpage', ['to', 'from'], (m, _t, to, from) => {
  const a = m.layout.frameAt(to) + FRAME.W;
  const b = m.layout.frameAt(from) + FRAME.W;
  for (let i = 0; i < PAGE_WORDS; i++) m.words[a + i] = m.words[b + i]!;
  return DONE;
});
export const clear_user_highpage = verb(
  'clear_user_highpage',
  ['page'],
  (m, _t, page) => {
    const at = m.layout.frameAt(page) + FRAME.W;
    for (let i = 0; i < PAGE_WORDS; i++) m.words[at + i] = 0;
    return DONE;
  },
  { private: true },
);
/** Copies a compound page, or clears it when `from` is the huge zero page. */
export const copy_user_huge_page = verb('copy_user_huge_page', ['to', 'from'], (m, _t, to, from) => {
  for (let k = 0; k < PTES_PER_PMD; k++) {
    const a = m.layout.frameAt(to + k) + FRAME.W;
    const b = m.layout.frameAt(from + k) + FRAME.W;
    for (let i = 0; i < PAGE_WORDS; i++) m.words[a + i] = m.words[b + i]!;
  }
  return DONE;
});
