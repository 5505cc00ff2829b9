/**
 * One thing of the kernel has several names: over releases, and where an inline function wraps another. Only the
 * kernel's own vocabulary stands here, no function that a patch could change.
 */

export interface Respelling {
  /** As a patch may write it. */
  readonly written: string;
  /** The verb's name in the listings. */
  readonly verb: string;
  /** Which of its arguments the verb has, where releases write it with others. */
  readonly takes?: readonly number[];
  /** First release in which it is written so, and the first in which no more. */
  readonly since?: string;
  readonly until?: string;
}

const RESPELLINGS: readonly Respelling[] = [
  // include/linux/mm.h, pagemap.h, rmap.h: pages became folios
  { written: 'folio_put', verb: 'put_page', since: '5.16' },
  { written: 'folio_get', verb: 'get_page', since: '5.16' },
  { written: 'folio_mark_dirty', verb: 'set_page_dirty', since: '5.16' },
  { written: 'folio_lock', verb: 'lock_page', since: '5.16' },
  { written: 'folio_trylock', verb: 'trylock_page', since: '5.16' },
  { written: 'folio_unlock', verb: 'unlock_page', since: '5.16' },
  { written: 'folio_test_anon', verb: 'PageAnon', since: '5.16' },
  { written: 'folio_mapped', verb: 'page_mapped', since: '5.16' },
  { written: 'folio_add_new_anon_rmap', verb: 'page_add_new_anon_rmap', since: '6.8', takes: [0] },
  { written: 'folio_remove_rmap_pte', verb: 'page_remove_rmap', since: '6.8', takes: [1] },
  { written: 'folio_remove_rmap_pmd', verb: 'page_remove_rmap', since: '6.8', takes: [1] },
  { written: 'hugetlb_remove_rmap', verb: 'page_remove_rmap', since: '6.8', takes: [0] },
  { written: 'folio_remove_rmap_ptes', verb: 'page_remove_rmap', since: '6.9', takes: [1] },
  { written: 'page_remove_rmap', verb: 'page_remove_rmap', takes: [0] },
  { written: 'page_add_new_anon_rmap', verb: 'page_add_new_anon_rmap', takes: [0] },
  // mm/rmap.c names the page by its part
  { written: 'page_remove_file_rmap', verb: 'page_remove_rmap' },
  // include/linux/mmu_notifier.h
  { written: 'mmu_notifier_invalidate_secondary_tlbs', verb: 'mmu_notifier_invalidate_range', since: '6.5' },
  // include/linux/mmap_lock.h; mm->mmap_sem before it. anon_vma_lock, i_mmap_lock: include/linux/rmap.h, fs.h
  { written: 'mmap_write_lock', verb: 'down_write', since: '5.8' },
  { written: 'mmap_write_unlock', verb: 'up_write', since: '5.8' },
  { written: 'mmap_read_lock', verb: 'down_read', since: '5.8' },
  { written: 'mmap_read_unlock', verb: 'up_read', since: '5.8' },
  { written: 'mmap_write_downgrade', verb: 'downgrade_write', since: '5.8' },
  { written: 'i_mmap_lock_write', verb: 'down_write' },
  { written: 'i_mmap_unlock_write', verb: 'up_write' },
  { written: 'i_mmap_lock_read', verb: 'down_read' },
  { written: 'i_mmap_unlock_read', verb: 'up_read' },
  { written: 'anon_vma_lock_write', verb: 'down_write' },
  { written: 'anon_vma_unlock_write', verb: 'up_write' },
  { written: 'anon_vma_lock_read', verb: 'down_read' },
  { written: 'anon_vma_unlock_read', verb: 'up_read' },
  // locks of page tables: one word each here
  { written: 'huge_pte_lock', verb: 'huge_pte_lock' },
  { written: 'pmd_unlock', verb: 'spin_unlock' },
  { written: 'ptep_get_and_clear_full', verb: 'ptep_get_and_clear' },
  { written: 'pmdp_huge_get_and_clear_full', verb: 'pmdp_huge_get_and_clear' },
  // flushes of a part; include/asm-generic/hugetlb.h, mm/pgtable-generic.c
  { written: 'flush_tlb_page', verb: 'flush_tlb_range' },
  { written: 'flush_pmd_tlb_range', verb: 'flush_tlb_range' },
  { written: 'flush_hugetlb_tlb_range', verb: 'flush_tlb_range' },
  { written: 'arch_tlbbatch_flush', verb: 'try_to_unmap_flush' },
  // hugetlb's own words for entries
  { written: 'set_huge_swap_pte_at', verb: 'set_huge_pte_at' },
  { written: 'huge_pte_none', verb: 'pte_none' },
  { written: 'huge_pte_none_mostly', verb: 'pte_none' },
  { written: 'is_hugetlb_entry_migration', verb: 'is_migration_entry' },
  { written: 'huge_pte_dirty', verb: 'pte_dirty' },
  { written: 'tlb_remove_page_size', verb: '__tlb_remove_page' },
  { written: 'tlb_remove_page', verb: '__tlb_remove_page' },
  // include/asm-generic/tlb.h: entries of a range are recorded
  { written: 'tlb_flush_pte_range', verb: 'tlb_remove_tlb_entry', takes: [1, 2] },
  { written: 'tlb_flush_pmd_range', verb: 'tlb_remove_tlb_entry', takes: [1, 2] },
  // an entry is an entry here, whatever its level
  { written: 'pmd_present', verb: 'pte_present' },
  { written: 'pmd_dirty', verb: 'pte_dirty' },
  { written: 'pmd_write', verb: 'pte_write' },
  { written: 'pmd_young', verb: 'pte_young' },
  { written: 'pmd_soft_dirty', verb: 'pte_soft_dirty' },
  { written: 'pmd_protnone', verb: 'pte_protnone' },
  { written: 'pmd_none', verb: 'pte_none' },
  { written: 'pmd_wrprotect', verb: 'pte_wrprotect' },
  { written: 'pmd_mkclean', verb: 'pte_mkclean' },
  { written: 'pmd_mkdirty', verb: 'pte_mkdirty' },
  { written: 'pmd_mkwrite', verb: 'pte_mkwrite' },
  { written: 'pmd_clear_soft_dirty', verb: 'pte_clear_soft_dirty' },
  // words whose meaning is their release; with the number of arguments where that changed
  {
    written: 'mmu_notifier_invalidate_range_start/3',
    verb: 'mmu_notifier_invalidate_range_start',
    until: '5.0',
  },
  {
    written: 'mmu_notifier_invalidate_range_start/1',
    verb: 'mmu_notifier_invalidate_range_start',
    since: '5.0',
  },
  { written: 'mmu_notifier_invalidate_range_end/3', verb: 'mmu_notifier_invalidate_range_end', until: '5.0' },
  { written: 'mmu_notifier_invalidate_range_end/1', verb: 'mmu_notifier_invalidate_range_end', since: '5.0' },
  {
    written: 'mmu_notifier_invalidate_range_only_end/3',
    verb: 'mmu_notifier_invalidate_range_only_end',
    until: '5.0',
  },
  { written: 'mem_cgroup_commit_charge', verb: 'mem_cgroup_commit_charge', until: '5.8' },
  { written: 'mmu_notifier_range_init', verb: 'mmu_notifier_range_init', since: '5.0' },
  { written: 'mmu_notifier_invalidate_range', verb: 'mmu_notifier_invalidate_range', until: '6.6' },
  { written: 'ptep_clear_flush_notify', verb: 'ptep_clear_flush_notify', until: '6.6' },
  {
    written: 'mmu_notifier_invalidate_range_only_end',
    verb: 'mmu_notifier_invalidate_range_only_end',
    since: '4.15',
    until: '6.6',
  },
];

const byName = new Map(RESPELLINGS.map((r) => [r.written, r]));

/** The verb that a C name stands for: its name in listings. `PageSwapBacked` is the flag `PG_swapbacked`. */
export function verbOf(name: string, known: ReadonlySet<string>): string {
  const respelt = byName.get(name)?.verb;
  if (respelt !== undefined) return respelt;
  if (known.has(name)) return name;
  const key = flagVerb(name);
  return key !== undefined && known.has(key) ? key : name;
}

/** `PG_name` for a test of a page flag, `set:PG_name` and `clear:PG_name`; undefined for other names. */
export function flagVerb(name: string): string | undefined {
  const flag =
    /^(Set|Clear)?Page([A-Z]\w*)$/.exec(name) ?? /^folio_(set|clear)?_?(?:test_)?(\w+)$/.exec(name);
  if (flag === null) return undefined;
  const side = (flag[1] ?? '').toLowerCase();
  return `${side === '' ? '' : `${side}:`}PG_${flag[2].toLowerCase().replace(/_/g, '')}`;
}

export function respellingOf(name: string): Respelling | undefined {
  return byName.get(name);
}

/** The releases in which all of these names are written. */
export function releasesOf(names: Iterable<string>): {
  readonly since: readonly string[];
  readonly until: readonly string[];
} {
  const found = [...new Set(names)].flatMap((name) => byName.get(name) ?? []);
  return {
    since: found.flatMap((r) => r.since ?? []),
    until: found.flatMap((r) => r.until ?? []),
  };
}
