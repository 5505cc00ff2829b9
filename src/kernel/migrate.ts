import { FILE, FRAME, SWAP } from '../machine/layout.js';
import { PAGE_WORDS, PTES_PER_PMD } from '../machine/geometry.js';
import { test, value, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { FRAME_SHIFT, frameOf, KEPT, KIND_DEVICE_PRIVATE, KIND_MIGRATION, PTE } from './entry.js';
import { PG } from './page.js';
import { pageMapcount } from './rmap.js';
import { VM } from './vma.js';
import { baseEntry, headOf } from './walk.js';

/** Page migration: mm/migrate.c, v4.14. */

/** Flags that go with the contents. */
const MOVED = PG.ANON | PG.KSM | PG.SWAPBACKED | PG.FILE;

/**
 * migrate_page_move_mapping and migrate_page_states: the mapping, the swap slot and the dirty flag go over to `newpage`
 * while the count is frozen; NO (-EAGAIN) when somebody else refers to the page. Both pages are locked.
 */
export const migrate_page_move_mapping = test(
  'migrate_page_move_mapping',
  ['newpage', 'page'],
  (m, _t, newpage, page) => {
    const { words: w, layout: L } = m;
    const from = L.frameAt(page);
    const to = L.frameAt(newpage);
    const slot = w[from + FRAME.SWAP];
    const cached = slot !== 0 || (w[from + FRAME.FLAGS] & PG.FILE) !== 0;
    if (w[from + FRAME.REF] !== (cached ? 2 : 1)) return NO;
    w[to + FRAME.INDEX] = w[from + FRAME.INDEX];
    w[to + FRAME.FLAGS] |= w[from + FRAME.FLAGS] & (MOVED | PG.DIRTY);
    w[from + FRAME.FLAGS] &= ~(PG.DIRTY | PG.FILE);
    if (!cached) return DONE;
    w[to + FRAME.REF]++;
    w[from + FRAME.REF]--;
    if (slot !== 0) {
      w[to + FRAME.SWAP] = slot;
      w[from + FRAME.SWAP] = 0;
      w[L.swapAt(slot - 1) + SWAP.CACHE] = newpage + 1;
    } else w[L.fileAt(w[to + FRAME.INDEX]) + FILE.CACHE] = newpage + 1;
    return DONE;
  },
);

/** Copies one base page; the reads and writes of the copy are one step. */
export const copy_highpage = verb('copy_highpage', ['to', 'from'], (m, t, to, from) => {
  const a = m.layout.frameAt(to) + FRAME.W;
  const b = m.layout.frameAt(from) + FRAME.W;
  for (let i = 0; i < PAGE_WORDS; i++) m.words[a + i] = m.words[b + i];
  m.observer.migrated(m, t, from, to);
  return DONE;
});

/** migrate_page_copy of a huge page, before its entry changes: contents and flags of each of its base pages. */
export const migrate_huge_page_copy = verb('migrate_page_copy', ['newpage', 'page'], (m, _t, to, from) => {
  const { words: w, layout: L } = m;
  for (let k = 0; k < PTES_PER_PMD; k++) {
    const a = L.frameAt(to + k);
    const b = L.frameAt(from + k);
    w[a + FRAME.INDEX] = w[b + FRAME.INDEX];
    w[a + FRAME.FLAGS] = w[b + FRAME.FLAGS] & (MOVED | PG.DIRTY);
    for (let i = 0; i < PAGE_WORDS; i++) w[a + FRAME.W + i] = w[b + FRAME.W + i];
  }
  return DONE;
});

/** References of a huge page that is mapped once and isolated: the mapping's, the caller's, the isolation's. */
const MOVABLE_HUGE = 3;
/**
 * Takes the page off its list, whose reference replaces the caller's; NO, and the caller keeps its own, when somebody
 * else has it off, or holds a reference of a huge page (numamigrate_isolate_page).
 */
export const numamigrate_isolate_page = test('numamigrate_isolate_page', ['page'], (m, _t, page) => {
  const at = m.layout.frameAt(headOf(m, page));
  if ((m.words[at + FRAME.FLAGS] & (PG.RESERVED | PG.HUGETLB | PG.ISOLATED | PG.DEVICE_PRIVATE)) !== 0)
    return NO;
  if (m.words[at + FRAME.HEAD] !== 0 && m.words[at + FRAME.REF] + 1 !== MOVABLE_HUGE) return NO;
  m.words[at + FRAME.FLAGS] |= PG.ISOLATED;
  return DONE;
});
/** The huge page has `n` references, and nobody gets one until {@link page_ref_unfreeze}. */
export const page_ref_freeze = test('page_ref_freeze_mapped', ['page', 'n'], (m, _t, page, n) => {
  const at = m.layout.frameAt(page) + FRAME.REF;
  if (m.words[at] !== n) return NO;
  m.words[at] = 0;
  return DONE;
});
export const page_ref_unfreeze = verb('page_ref_unfreeze', ['page', 'n'], (m, _t, page, n) => {
  m.words[m.layout.frameAt(page) + FRAME.REF] = n;
  return DONE;
});

/** page->mapping is set: the page is anonymous, or a file's. */
export const page_has_mapping = test('page_mapping_nonzero', ['page'], (m, _t, page) =>
  (m.words[m.layout.frameAt(page) + FRAME.FLAGS] & (PG.ANON | PG.FILE)) !== 0 ? DONE : NO,
);

/** Carries soft-dirty and uffd-wp of a swap, migration or device-private entry over to `entry` (pte_swp_soft_dirty). */
export const keep_soft_dirty = value(
  'pte_swp_soft_dirty',
  ['entry', 'from'],
  (_m, _t, entry, from) => entry | (from & KEPT),
);
export const make_device_private_entry = value(
  'make_device_private_entry',
  ['page', 'from'],
  (_m, _t, page, from) => (page << FRAME_SHIFT) | KIND_DEVICE_PRIVATE | (from & (PTE.WRITE | KEPT)),
);
/** A read migration entry, soft-dirty kept: what the device-private branch leaves. */
export const make_read_migration_entry = value(
  'make_read_migration_entry',
  ['page', 'from'],
  (_m, _t, page, from) => (page << FRAME_SHIFT) | KIND_MIGRATION | (from & KEPT),
);

/** Where nothing was, the device's fresh page: writable if the vma is. */
export const new_device_private_entry = value(
  'make_device_private_entry_of_vma',
  ['page', 'vma'],
  (_m, _t, page, vma) =>
    (page << FRAME_SHIFT) | KIND_DEVICE_PRIVATE | ((vma & VM.WRITE) !== 0 ? PTE.WRITE : 0),
);
export const make_device_private_entry_read = value(
  'make_device_private_entry_read',
  ['entry'],
  (_m, _t, e) => e & ~PTE.WRITE,
);

/**
 * Takes the page that migrate_vma_collect found off its list: the list's reference replaces that of the look. NO when
 * somebody else has it off.
 */
export const isolate_collected_page = test('isolate_lru_page_of_vma', ['page'], (m, _t, page) => {
  const at = m.layout.frameAt(page) + FRAME.FLAGS;
  if ((m.words[at] & (PG.RESERVED | PG.HUGETLB | PG.ISOLATED)) !== 0) return NO;
  m.words[at] |= PG.ISOLATED;
  return DONE;
});

/** Nobody but its mappings, the caller and its cache refers to the page; nobody can refer to one that no CPU reaches. */
export const migrate_vma_check_page = test('migrate_vma_check_page', ['page'], (m, _t, page) => {
  const at = m.layout.frameAt(page);
  if ((m.words[at + FRAME.FLAGS] & PG.DEVICE_PRIVATE) !== 0) return DONE;
  const extra = m.words[at + FRAME.SWAP] !== 0 || (m.words[at + FRAME.FLAGS] & PG.FILE) !== 0 ? 2 : 1;
  return m.words[at + FRAME.REF] - extra > pageMapcount(m, page) ? NO : DONE;
});

/** The page lives in `newpage` from here on, which has its contents already. */
export const migrate_page_states = verb('migrate_page_states', ['newpage', 'page'], (m, t, to, from) => {
  m.observer.migrated(m, t, from, to);
  return DONE;
});

/** A fault on device-private memory while somebody else has the page locked, or refers to it: it is tried again and again. */
export const device_private_wait = verb(
  'device_private_entry_to_page',
  ['addr', 'entry'],
  (m, _t, addr, entry) => {
    if (baseEntry(m, addr) !== entry) return DONE;
    const at = m.layout.frameAt(frameOf(entry));
    return m.words[at + FRAME.LOCK] !== 0 || m.words[at + FRAME.REF] > m.words[at + FRAME.MAP]
      ? BLOCKED
      : DONE;
  },
  { sleeps: true },
);

/**
 * migration_entry_wait (mm/migrate.c): waits while `addr` still holds this migration entry and its page is locked.
 * The kernel takes a reference while it waits; here the wait is one look (docs/fidelity.md).
 */
export const migration_entry_wait = verb(
  'migration_entry_wait',
  ['addr', 'entry'],
  (m, _t, addr, entry) => {
    if (baseEntry(m, addr) !== entry) return DONE;
    return m.words[m.layout.frameAt(headOf(m, frameOf(entry))) + FRAME.LOCK] !== 0 ? BLOCKED : DONE;
  },
  { sleeps: true },
);
