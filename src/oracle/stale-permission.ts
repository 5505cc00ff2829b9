import { VPAGE, THREAD } from '../machine/layout.js';
import { WINDOW } from '../machine/observer.js';
import { isPresent, PTE } from '../kernel/entry.js';
import { VM } from '../kernel/vma.js';
import { baseEntry } from '../kernel/walk.js';
import type { Judge } from './judge.js';
import type { Oracle } from './oracle.js';

/** stale-permission: an access succeeds that the vma or the entry no longer permits. */
export const stalePermission: Oracle = {
  name: 'stale-permission',
  about: 'no access succeeds that neither the entry permits nor an operation in flight on the entry excuses',
  loaded(l, t, addr, word, _value, entry) {
    if ((entry & PTE.FREED) !== 0 || l.excused(addr, false)) return;
    const now = baseEntry(l.m, addr);
    if (!isPresent(now) || (now & PTE.PROTNONE) !== 0)
      l.fail('stale-permission', t, addr, `reads word ${word} of page ${addr}, which nothing maps any more`);
    else if ((l.m.words[l.m.layout.vpage(addr) + VPAGE.VMA] & VM.READ) === 0 && !protecting(l, addr))
      l.fail('stale-permission', t, addr, `reads word ${word} of page ${addr}, where no vma is any more`);
  },
  storing(l, t, addr, word, _value, entry) {
    if ((entry & PTE.FREED) !== 0 || l.excused(addr, true)) return;
    const now = baseEntry(l.m, addr);
    if (!isPresent(now) || (now & (PTE.WRITE | PTE.PROTNONE)) !== PTE.WRITE)
      l.fail(
        'stale-permission',
        t,
        addr,
        `writes word ${word} of page ${addr}, which its entry does not permit any more`,
      );
    else if ((l.m.words[l.m.layout.vpage(addr) + VPAGE.VMA] & VM.WRITE) === 0 && !protecting(l, addr))
      l.fail(
        'stale-permission',
        t,
        addr,
        `writes word ${word} of page ${addr}, which its vma does not permit any more`,
      );
  },
  ended(l) {
    const L = l.m.layout;
    const total = L.geometry.mms * L.pages;
    for (let addr = 0; addr < total; addr++) {
      if (l.m.words[L.vpage(addr) + VPAGE.VMA] === 0 && isPresent(baseEntry(l.m, addr)))
        l.fail(
          'stale-permission',
          -1,
          addr,
          `an entry maps page ${addr} at the end, where no vma is any more`,
        );
    }
  },
};

/** A change of protections of the address is in flight. */
function protecting(l: Judge, addr: number): boolean {
  const L = l.m.layout;
  for (let t = 0; t < L.geometry.cpus; t++) {
    const window = l.m.words[L.threadAt(t) + THREAD.WINDOW];
    const kind = window & 15;
    if (kind !== WINDOW.PROTECT && kind !== WINDOW.UNMAP) continue;
    const start = (window >> 4) & 255;
    if (addr >= start && addr < start + ((window >> 12) & 255)) return true;
  }
  return false;
}
