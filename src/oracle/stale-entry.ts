import { PAGE_WORDS, PTES_PER_PMD } from '../machine/geometry.js';
import { FRAME, THREAD } from '../machine/layout.js';
import { isPresent, PTE } from '../kernel/entry.js';
import { keptByIommu } from '../kernel/iommu.js';
import { baseEntry, frameFor, isZeroFrame } from '../kernel/walk.js';
import type { Judge } from './judge.js';
import type { Oracle } from './oracle.js';
import { granted } from './rights.js';

/**
 * stale-entry: when the last operation in flight on a page has returned, a TLB holds a frame or a right that the page
 * table does not grant. A read-only translation of a frame that is pinned until exit and has equal bytes is latent:
 * counted, not a failure.
 */
export const staleEntry: Oracle = {
  name: 'stale-entry',
  about:
    'a quiet page is cached nowhere with a frame or a right that its entry does not give; fewer rights are legal',
  settled(l, _t, addr) {
    const L = l.m.layout;
    const mm = addr >> L.pagesShift;
    const page = addr & (L.pages - 1);
    for (let u = 0; u < L.threads; u++) {
      if (l.m.words[L.threadAt(u) + THREAD.MM] !== mm) continue;
      const tlb = L.tlbAt(u);
      let e = l.m.words[tlb + page];
      if (e === 0) e = l.m.words[tlb + L.pages + ((page / PTES_PER_PMD) | 0)]!;
      if (e === 0 || granted(l.m, addr, e)) e = keptByIommu(l.m, u, addr);
      if (e === 0 || granted(l.m, addr, e)) continue;
      if (isLatent(l, addr, e))
        l.noteLatent(
          u,
          addr,
          `still caches frame ${frameFor(e, addr)} for page ${addr}: pinned until exit, equal bytes`,
        );
      else
        l.fail(
          'stale-entry',
          u,
          addr,
          `still caches frame ${frameFor(e, addr)}${(e & PTE.WRITE) === 0 ? '' : ' writable'} for page ${addr}, and nothing is in flight that will flush it`,
        );
    }
  },
};

function isLatent(l: Judge, addr: number, e: number): boolean {
  const now = baseEntry(l.m, addr);
  const frame = frameFor(e, addr);
  if ((e & PTE.WRITE) !== 0 || !isZeroFrame(frame) || !isPresent(now)) return false;
  for (let k = 0; k < PAGE_WORDS; k++) {
    const a = l.m.words[l.m.layout.frameAt(frame) + FRAME.W + k];
    if (a !== l.m.words[l.m.layout.frameAt(frameFor(now, addr)) + FRAME.W + k]) return false;
  }
  return true;
}
