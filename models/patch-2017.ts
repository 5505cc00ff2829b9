import { mute, notify, type Edit } from '../src/program/model.js';

/**
 * A hunk of a patch that moves notifications: the slots of a site that notify before it, and after it. On v4.14
 * "before" is what the kernel has; on another base the site's in-lock slots become "after". range_end is not touched.
 */
export interface Hunk {
  readonly site: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const IN_LOCK = ['after-clear', 'after-set', 'after-unlink', 'after-flush'] as const;

/**
 * "mm/mmu_notifier: avoid double notification when it is useless", v2 of October 2017, patch 1 of 2; merged for v4.15
 * as 0f10851ea475. The files it changes: fs/dax.c, mm/huge_memory.c, mm/hugetlb.c, mm/ksm.c, mm/rmap.c.
 */
export const hunks: readonly Hunk[] = [
  { site: 'dax_mapping_entry_mkclean/pmd', before: ['after-set'], after: [] },
  { site: 'dax_mapping_entry_mkclean/pte', before: ['after-set'], after: [] },
  { site: '__split_huge_zero_page_pmd', before: ['after-clear'], after: [] },
  { site: 'copy_hugetlb_page_range', before: ['after-set'], after: [] },
  { site: 'hugetlb_change_protection', before: ['after-flush'], after: [] },
  { site: 'write_protect_page', before: ['after-clear'], after: [] },
  { site: 'replace_page', before: ['after-clear'], after: [] },
  { site: 'page_mkclean_one', before: ['after-set'], after: [] },
  { site: 'try_to_unmap_one', before: ['after-unlink'], after: [] },
  { site: 'try_to_unmap_one/unbatched', before: [], after: [] },
  { site: 'try_to_unmap_one/hwpoison', before: [], after: [] },
  { site: 'try_to_unmap_one/unused', before: [], after: ['after-clear'] },
  { site: 'try_to_unmap_one/migration', before: [], after: [] },
  { site: 'try_to_unmap_one/swapbacked-mismatch', before: [], after: ['after-clear'] },
  { site: 'try_to_unmap_one/lazyfree-clean', before: [], after: ['after-clear'] },
  { site: 'try_to_unmap_one/swap', before: [], after: ['after-set'] },
  { site: 'try_to_unmap_one/file', before: [], after: [] },
];

/** The hunks as edits: in each site the in-lock slots that exist become those of "after". */
export function editsOf(
  list: readonly Hunk[],
  slots: readonly { site: string; slot: string }[],
): readonly Edit[] {
  return list.flatMap((h) =>
    IN_LOCK.filter((slot) => slots.some((s) => s.site === h.site && s.slot === slot)).map((slot) =>
      h.after.includes(slot) ? notify(h.site, slot) : mute(h.site, slot),
    ),
  );
}
