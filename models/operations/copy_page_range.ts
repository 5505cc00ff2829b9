import { call, each, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { same_address_in } from '../../src/kernel/mm.js';
import { let_, next_pmd, pages_in_pmd } from '../../src/kernel/range.js';
import { find_vma, is_cow_mapping, is_vm_hugetlb_page, vma_is_copied } from '../../src/kernel/vma.js';
import { copy_hugetlb_page_range } from './copy_hugetlb_page_range.js';
import { copy_pmd_range } from './copy_pmd_range.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

/**
 * fork of one vma, [addr, addr + count): a mapping that is copied on write becomes read-only in both mms, inside a
 * bracket over the parent's vma. mm/memory.c, v4.14. A shared mapping of a page-cache file is not copied, its child
 * faults; a private one is taken to have an anon_vma, and is.
 */
export const copy_page_range = operation({
  name: 'copy_page_range',
  from: 'mm/memory.c',
  takes: ['addr', 'count', 'child'],
  locals: ['vma', 'at', 'cursor', 'pages', 'child_at'],
  steps: ({ addr, count, child, vma, at, cursor, pages, child_at }) => [
    when(not(find_vma(addr, vma)), [go_to('out')]),
    when(is_vm_hugetlb_page(vma), [
      call(copy_hugetlb_page_range, { start: addr, count, child, vma }),
      go_to('out'),
    ]),
    when(not(vma_is_copied(vma)), [go_to('out')]),
    when(is_cow_mapping(vma), [mmu_notifier_invalidate_range_start(addr, count)]),
    each(next_pmd(addr, count, cursor, at), [
      let_(pages, pages_in_pmd(at, addr, count)),
      let_(child_at, same_address_in(at, child)),
      call(copy_pmd_range, { addr: at, child_addr: child_at, count: pages, vma }),
    ]),
    when(is_cow_mapping(vma), [mmu_notifier_invalidate_range_end(addr, count)]),
    label('out'),
  ],
});
