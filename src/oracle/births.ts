import { PAGE_WORDS } from '../machine/geometry.js';
import { FRAME, OBJECT, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { WINDOW } from '../machine/observer.js';
import { after, inTransit } from './after.js';
import type { Asking } from './asking.js';
import { backedValue, backingFrame, NO_ADDRESS } from './backing.js';
import { adoptWindows } from './file-windows.js';
import { heldSince, resultOf } from './held.js';
import { DISCARDABLE, DROPPED, EVERY_CHOSEN, kindOfWindow, openOn, spareObject } from './objects.js';
import { isUnsure, unsureOf } from './pins.js';

/** What a child's memory is when fork is complete. */

/** fork is complete: each cell of the child is what its page table backs, a value that the parent's cell held. */
export function bear(l: Asking, t: number, start: number, count: number, child: number): void {
  const m = l.m;
  const L = m.layout;
  const files = L.geometry.mms * L.pages;
  for (let i = 0; i < count; i++) {
    const from = start + i;
    const to = child * L.pages + i;
    const at = L.vpage(to);
    if (m.words[at + VPAGE.VMA] === 0) continue;
    const parent = m.words[L.vpage(from) + VPAGE.OBJECT] - 1;
    if (parent >= files || parent < 0) {
      m.words[at + VPAGE.OBJECT] = parent + 1;
      continue;
    }
    const object = spareObject(m, to);
    m.words[at + VPAGE.OBJECT] = object + 1;
    const o = L.objectAt(object);
    // an rmap walker may have cleared the child's entry for a moment: it mapped what the parent does
    const dropped = (m.words[at + VPAGE.TRACK] & DROPPED) !== 0;
    m.words[at + VPAGE.TRACK] &= ~DROPPED;
    const passing = inTransit(m, to, t) ? l.home(parent) : -1;
    m.words[o + OBJECT.HOME] = (passing >= 0 ? passing : backingFrame(m, to)) + 1;
    m.words[o + OBJECT.STATE] =
      (m.words[L.objectAt(parent) + OBJECT.STATE] & (DISCARDABLE | EVERY_CHOSEN)) | unsureOf(m, parent); // both map the freeable page
    adoptWindows(m, object, to);
    for (let k = 0; k < PAGE_WORDS; k++) {
      const backed = passing >= 0 ? m.words[L.frameAt(passing) + FRAME.W + k] : backedValue(m, to, k);
      for (const oracle of l.oracles)
        oracle.forked?.(
          l,
          t,
          to,
          k,
          backed,
          backed === l.cell(parent, k) ||
            backed === NO_ADDRESS || // cut off with its file
            heldSince(m, t, parent, k, backed) ||
            (dropped && backed === resultOf(m, to, k)) ||
            isUnsure(m, parent, k) ||
            l.allowed(parent, from, k, backed),
        );
      l.looks.forked++;
      if (backed >= 0) m.words[o + OBJECT.CELL + k] = backed;
    }
    if ((m.words[o + OBJECT.STATE] & DISCARDABLE) !== 0) bearDrops(m, t, parent, object, to);
  }
}

/** A drop of the freeable page that began before the child was complete drops the child's page, too. */
function bearDrops(m: Machine, t: number, parent: number, object: number, to: number): void {
  // only operations that are still in flight: one that has returned drops nothing any more
  const passed = after(m, to, t) & m.words[m.layout.vpage(to) + VPAGE.BUSY];
  const dropping = m.words[m.layout.objectAt(parent) + OBJECT.WATCH] | passed;
  for (let u = 0; u < m.layout.geometry.cpus; u++)
    if (u !== t && (dropping & (1 << u)) !== 0 && kindOfWindow(m, u) === WINDOW.NONE) openOn(m, u, object);
}
