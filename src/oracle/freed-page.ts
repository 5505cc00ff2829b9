import { describeValue } from '../machine/values.js';
import { PTE } from '../kernel/entry.js';
import { addressOf } from './backing.js';
import type { Oracle } from './oracle.js';

/**
 * freed-page-read and freed-page-write: an access, or a walk, goes through a frame or a page-table page that was
 * freed, or given to someone else, since it was cached or reached. Never suspended.
 */
export const freedPage: Oracle = {
  name: 'freed-page',
  about:
    'no agent reads, writes or walks through a page that was freed since it was cached; it never looks at contents',
  loaded(l, t, addr, word, _value, entry) {
    if ((entry & PTE.FREED) !== 0)
      l.fail(
        'freed-page-read',
        t,
        addr,
        `reads word ${word} of page ${addr} through frame ${entry >>> 16}, which was freed`,
      );
  },
  storing(l, t, addr, word, value, entry) {
    if ((entry & PTE.FREED) !== 0)
      l.fail(
        'freed-page-write',
        t,
        addr,
        `writes ${describeValue(value)} to word ${word} of page ${addr} through frame ${entry >>> 16}, which was freed`,
      );
  },
  pinLoaded(l, t, object, word, _value, entry) {
    if ((entry & PTE.FREED) !== 0)
      l.fail(
        'freed-page-read',
        t,
        object < 0 ? -1 : addressOf(l.m, object),
        `reads word ${word} of frame ${entry >>> 16}, which it has pinned, and which was freed`,
      );
  },
  pinStoring(l, t, object, word, value, entry) {
    if ((entry & PTE.FREED) !== 0)
      l.fail(
        'freed-page-write',
        t,
        object < 0 ? -1 : addressOf(l.m, object),
        `writes ${describeValue(value)} to word ${word} of frame ${entry >>> 16}, which it has pinned, and which was freed`,
      );
  },
  walkedFreed(l, t, addr, write) {
    l.fail(
      write ? 'freed-page-write' : 'freed-page-read',
      t,
      addr,
      `walks to ${addr < 0 ? 'a kernel address' : `page ${addr}`} through a page-table page that was freed`,
    );
  },
};
