import { describeValue } from '../machine/values.js';
import { frameOf, PTE } from '../kernel/entry.js';
import { frameFor } from '../kernel/walk.js';
import { addressOf, NO_ADDRESS, POISON, backedValue, isLost, isPoisoned } from './backing.js';
import { isUnsure } from './pins.js';
import { PAGE_WORDS } from '../machine/geometry.js';
import type { Oracle } from './oracle.js';

/** stale-read: a read returns another value than its cell, and no discard in flight allows it. */
export const staleRead: Oracle = {
  name: 'stale-read',
  about:
    'every read returns its cell; at the end a fresh reader is asked too; what a discard allows is legal',
  loaded(l, t, addr, word, value, entry) {
    const object = l.objectAt(addr);
    if (object < 0 || (entry & PTE.FREED) !== 0) return;
    if (isLost(l.m, object, frameFor(entry, addr)) || isUnsure(l.m, object, word)) return;
    if (value === l.cell(object, word) || l.allowed(object, addr, word, value)) return;
    l.fail(
      'stale-read',
      t,
      addr,
      `reads ${describeValue(value)} from word ${word} of page ${addr}, where ${describeValue(l.cell(object, word))} is`,
    );
  },
  pinLoaded(l, t, object, word, value, entry) {
    if (object < 0) return;
    if ((entry & PTE.FREED) !== 0 || isPoisoned(l.m, frameOf(entry)) || isUnsure(l.m, object, word)) return;
    // for reading alone: the page may be copied for a write, and the pin keeps the old one
    if ((entry & PTE.WRITE) === 0 && frameOf(entry) !== l.home(object)) return;
    if (value === l.cell(object, word) || l.discarding(object)) return;
    l.fail(
      'stale-read',
      t,
      addressOf(l.m, object),
      `reads ${describeValue(value)} from word ${word} of the page that it has pinned, where ${describeValue(l.cell(object, word))} is`,
    );
  },
  discarded(l, t, addr, word, backed, allowed) {
    if (!allowed)
      l.fail(
        'stale-read',
        t,
        addr,
        `word ${word} of page ${addr} still holds ${describeValue(backed)} after the discard returned`,
      );
  },
  forked(l, t, addr, word, backed, allowed) {
    if (!allowed && backed !== POISON)
      l.fail(
        'stale-read',
        t,
        addr,
        `word ${word} of the child's page ${addr} is ${describeValue(backed)}, which the parent never held during fork`,
      );
  },
  ended(l) {
    const L = l.m.layout;
    const total = L.geometry.mms * L.pages;
    for (let addr = 0; addr < total; addr++) {
      const object = l.objectAt(addr);
      if (object < 0) continue;
      for (let k = 0; k < PAGE_WORDS; k++) {
        const backed = backedValue(l.m, addr, k);
        if (backed === POISON || backed === NO_ADDRESS || backed === l.cell(object, k)) continue;
        if (isUnsure(l.m, object, k)) continue;
        l.fail(
          'stale-read',
          -1,
          addr,
          `a fresh reader gets ${describeValue(backed)} from word ${k} of page ${addr}, where ${describeValue(l.cell(object, k))} is`,
        );
      }
    }
  },
};
