import { call, each, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pte_none } from '../../src/kernel/entry.js';
import { same_place } from '../../src/kernel/mm.js';
import {
  pmd_none_or_trans_huge,
  pte_alloc,
  pte_get,
  pte_of,
  pte_offset_map_lock,
  pte_unmap_unlock,
} from '../../src/kernel/pgtable.js';
import { let_, next_page } from '../../src/kernel/range.js';
import { copy_one_pte } from './copy_one_pte.js';

/**
 * fork of the PTEs of [addr, addr + count) in one PMD, under the child's and the parent's page-table lock.
 * mm/memory.c, v4.14. Left out: dropping the locks now and then, swap continuations.
 */
export const copy_pte_range = operation({
  name: 'copy_pte_range',
  from: 'mm/memory.c',
  takes: ['addr', 'child_addr', 'count', 'vma'],
  locals: ['dst_pte', 'src_pte', 'cursor', 'at', 'child_at', 'src', 'dst', 'entry'],
  steps: ({ addr, child_addr, count, vma, dst_pte, src_pte, cursor, at, child_at, src, dst, entry }) => [
    when(pmd_none_or_trans_huge(addr), [go_to('out')]),
    when(not(pte_alloc(child_addr)), [go_to('out')]), // pte_alloc_map_lock
    pte_offset_map_lock(child_addr, dst_pte),
    pte_offset_map_lock(addr, src_pte), // nested
    each(next_page(addr, count, cursor, at), [
      let_(child_at, same_place(child_addr, at)),
      pte_of(at, src),
      pte_of(child_at, dst),
      pte_get(src, entry),
      when(not(pte_none(entry)), [
        call(copy_one_pte, { addr: at, src_pte: src, child_addr: child_at, dst_pte: dst, vma }),
      ]),
    ]),
    pte_unmap_unlock(src_pte),
    pte_unmap_unlock(dst_pte),
    label('out'),
  ],
});
