import { PAGE_WORDS } from '../machine/geometry.js';
import { FRAME } from '../machine/layout.js';
import { describeValue } from '../machine/values.js';
import { frameOf, PTE } from '../kernel/entry.js';
import { frameFor } from '../kernel/walk.js';
import { addressOf, isLost, isPoisoned } from './backing.js';
import { isUnsure } from './pins.js';
import type { Oracle } from './oracle.js';

/** lost-write: a write lands outside the page's home, or a frame becomes home without the page's contents. */
export const lostWrite: Oracle = {
  name: 'lost-write',
  about:
    'every write lands in the home frame, and a new home has the contents of the cells; discards in flight excuse',
  storing(l, t, addr, word, value, entry) {
    const object = l.objectAt(addr);
    if (object < 0 || (entry & PTE.FREED) !== 0) return;
    const frame = frameFor(entry, addr);
    if (frame === l.home(object) || l.discarding(object) || isLost(l.m, object, frame)) return;
    l.fail(
      'lost-write',
      t,
      addr,
      `writes ${describeValue(value)} to word ${word} of page ${addr} in frame ${frame}; the page is in ${homeText(l.home(object))}`,
    );
  },
  pinStoring(l, t, object, word, value, entry) {
    if (object < 0) return;
    const frame = frameOf(entry);
    if ((entry & PTE.FREED) !== 0 || frame === l.home(object)) return;
    if (l.discarding(object) || isPoisoned(l.m, frame)) return;
    l.fail(
      'lost-write',
      t,
      addressOf(l.m, object),
      `writes ${describeValue(value)} to word ${word} of the page that it has pinned for writing, in frame ${frame}; the page is in ${homeText(l.home(object))}`,
    );
  },
  installing(l, t, addr, frame) {
    const object = l.objectAt(addr);
    for (let k = 0; k < PAGE_WORDS; k++) {
      const there = l.m.words[l.m.layout.frameAt(frame) + FRAME.W + k];
      if (there === l.cell(object, k) || isUnsure(l.m, object, k)) continue;
      l.fail(
        'lost-write',
        t,
        addr,
        `frame ${frame} becomes page ${addr} with ${describeValue(there)} in word ${k}, where ${describeValue(l.cell(object, k))} was written`,
      );
    }
  },
};

const homeText = (frame: number): string => (frame < 0 ? 'no frame' : `frame ${frame}`);
