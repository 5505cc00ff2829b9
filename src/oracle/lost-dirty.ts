import { PAGE_WORDS } from '../machine/geometry.js';
import { DEVICE, FILE, VPAGE, SWAP } from '../machine/layout.js';
import { describeValue } from '../machine/values.js';
import { frameOf, KIND_HWPOISON, KIND_SWAP, kindOf, PTE } from '../kernel/entry.js';
import { SUBSCRIBER } from '../kernel/subscriber.js';
import { baseEntry } from '../kernel/walk.js';
import { addressOf } from './backing.js';
import type { Judge } from './judge.js';
import { LOGGED, PROTECTED, TRACKED } from './objects.js';
import type { Oracle } from './oracle.js';
import { isUnsure } from './pins.js';

/** lost-dirty: contents that should have reached the backing store, or a mark that a write should have left. */
export const lostDirty: Oracle = {
  name: 'lost-dirty',
  about:
    'a page that leaves memory is on its backing store, a sync stored what was there at its call, tracked writes leave a mark',
  leaving(l, t, object, frame) {
    for (let k = 0; k < PAGE_WORDS; k++) {
      const stored = storedValue(l, object, k);
      if (stored === undefined || stored === l.cell(object, k) || isUnsure(l.m, object, k)) continue;
      const addr = addressOf(l.m, object);
      l.fail(
        'lost-dirty',
        t,
        addr,
        `frame ${frame} of page ${addr} is freed with ${describeValue(l.cell(object, k))} in word ${k}, and its backing store has ${describeValue(stored)}`,
      );
    }
  },
  synced(l, t, object, word, stored, allowed) {
    if (!allowed)
      l.fail(
        'lost-dirty',
        t,
        addressOf(l.m, object),
        `the sync returns and the storage of word ${word} has ${describeValue(stored)}, older than its call`,
      );
  },
  storing(l, t, addr, word) {
    const track = l.m.words[l.m.layout.vpage(addr) + VPAGE.TRACK];
    if (track === 0 || l.excused(addr, true)) return;
    const now = baseEntry(l.m, addr);
    if ((track & PROTECTED) !== 0)
      l.fail(
        'lost-dirty',
        t,
        addr,
        `writes word ${word} of page ${addr}, which userfaultfd has write-protected, and its monitor was not asked`,
      );
    if ((track & LOGGED) !== 0 && (now & PTE.DIRTY) === 0 && !hasShadow(l, t))
      l.fail(
        'lost-dirty',
        t,
        addr,
        `writes word ${word} of page ${addr} after its dirty bit went to the dirty log, and leaves no mark for the next one`,
      );
    if ((track & TRACKED) !== 0 && (now & PTE.SOFT_DIRTY) === 0)
      l.fail(
        'lost-dirty',
        t,
        addr,
        `writes word ${word} of page ${addr} after its soft-dirty bit was cleared, and leaves no mark`,
      );
  },
};

/**
 * A driver that keeps a page table for its device marks there what is written, and the page when it drops the entry
 * (kvm_set_pfn_dirty): a log of the process's own entries does not promise to have it (docs/fidelity).
 */
function hasShadow(l: Judge, t: number): boolean {
  const { geometry } = l.m.layout;
  return (
    t >= geometry.cpus && l.m.words[l.m.layout.deviceAt(t - geometry.cpus) + DEVICE.KIND] !== SUBSCRIBER.SVA
  );
}

/** What the backing store has for the object; undefined when it is nobody's any more, or lost. */
function storedValue(l: Judge, object: number, word: number): number | undefined {
  const L = l.m.layout;
  const files = L.geometry.mms * L.pages;
  if (object >= files) return l.m.words[L.fileAt(object - files) + FILE.S + word];
  const addr = addressOf(l.m, object);
  if (addr < 0) return undefined;
  const e = baseEntry(l.m, addr);
  if (kindOf(e) === KIND_HWPOISON) return undefined; // a hardware error had it
  // nothing but the frame held it: the contents are gone
  return kindOf(e) === KIND_SWAP ? l.m.words[L.swapAt(frameOf(e)) + SWAP.S + word] : -3;
}
