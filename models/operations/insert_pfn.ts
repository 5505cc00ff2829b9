import { go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { mkwrite_flags, pfn_t_pte } from '../../src/kernel/dax.js';
import { pte_none } from '../../src/kernel/entry.js';
import {
  pte_alloc,
  pte_get,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_set_access_flags,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { is_zero } from '../../src/kernel/range.js';

/**
 * Maps a pfn by a PTE: vm_insert_mixed and, with `mkwrite`, vm_insert_mixed_mkwrite. An entry that is there is left
 * alone, or made writable in place. mm/memory.c, v4.14. Left out: another pfn in the entry (blocks do not move).
 */
export const insert_pfn = operation({
  name: 'insert_pfn',
  from: 'mm/memory.c',
  takes: ['addr', 'pfn', 'mkwrite', 'vma'],
  locals: ['pte', 'entry'],
  steps: ({ addr, pfn, mkwrite, vma, pte, entry }) => [
    when(not(pte_alloc(addr)), [go_to('out')]), // get_locked_pte
    pte_offset_map_lock(addr, pte),
    pte_get(pte, entry),
    when(
      pte_none(entry),
      [set_pte_at(addr, pte, pfn_t_pte(pfn, mkwrite, vma))],
      [when(not(is_zero(mkwrite)), [ptep_set_access_flags(addr, pte, mkwrite_flags(vma))])], // set_pte_at of the same entry with more rights
    ),
    pte_unmap_unlock(pte),
    label('out'),
  ],
});
