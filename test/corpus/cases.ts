import { call, cpu, device, ends, region, stops, world, type Written } from './write-case.js';

/**
 * The cases of corpus/, written by hand. Addresses: page n of mm m is 8 m + n. Verdicts are of one schedule, the one that
 * the case is about.
 */

/** From a store to the copy that it makes. */
const COPY = 'user_write __do_page_fault handle_mm_fault do_wp_page wp_page_copy';
const REPLACE = 'ksm_scan try_to_merge_with_ksm_page try_to_merge_one_page replace_page';
const RANGE_END = 'mmu_notifier_invalidate_range_end.notify';
const shared = (): ReturnType<typeof world> =>
  world([[region('anon', ['shared', 'shared'])], [region('anon', ['shared', 'shared'])]]);

/** The page is copied. */
const MOVE = 'soft_offline_huge_page unmap_and_move_huge_page remove_migration_ptes';
/** Both mms map the two pages of a hugetlb file through one table. */
const sharedTable = (): ReturnType<typeof world> => {
  const pages = [0, 1].map((file) => region('hugetlb-shared', [], { file, map: 'pmd-shared' }));
  return world([pages, pages], ['hugetlbfs', 'hugetlbfs']);
};

export const CASES: readonly Written[] = [
  {
    name: 'two-addresses-as-printed',
    about:
      'The timeline of the 2017 discussion as printed: two addresses are copied by two CPUs, two more CPUs write them, two device threads read them. One copy is not announced under the lock. A read is stale, but nothing orders the two writers or the two readers: no cycle.',
    world: shared(),
    threads: [
      cpu(0, call('user_write', 0, 0)),
      cpu(0, call('user_write', 1, 0)),
      cpu(0, call('user_write', 0, 0)),
      cpu(0, call('user_write', 1, 0)),
      device(0, call('device_read', 0, 0), call('device_read', 0, 0)),
      device(0, call('device_read', 1, 0), call('device_read', 1, 0)),
    ],
    runs: [
      ends(4, 0),
      ends(5, 0),
      stops(0, 0, COPY, RANGE_END),
      ends(1, 0),
      ends(2, 0),
      ends(3, 0),
      ends(5, 1),
      ends(4, 1),
    ],
    condition: 'exists (stale-read by dev0 at mm0:0 /\\ dev1.1 = w4)',
    // the whole space of six threads is out of reach
    bounds: { preemptions: 2 },
    expected: {
      'always-notify~wp_page_copy': 'stale-read by dev0 at mm0:0, wp_page_copy, no cycle',
      'always-notify': 'clean',
      optimized: 'clean',
      'v4.14': 'clean',
      'v4.15': 'clean',
    },
  },
  {
    name: 'rule-b',
    about:
      'One thread writes A, then B; one device reads the new B, then the old A. The copy of A was not announced under the lock before the new entry was set: program order, reads-from and from-reads make a cycle.',
    world: shared(),
    threads: [
      cpu(0, call('user_write', 0, 0)),
      cpu(0, call('user_write', 0, 0), call('user_write', 1, 0)),
      device(0, call('device_read', 0, 0), call('device_read', 1, 0), call('device_read', 0, 0)),
    ],
    runs: [ends(2, 0), stops(0, 0, COPY, RANGE_END), ends(1, 0), ends(1, 1), ends(2, 1), ends(2, 2)],
    condition: 'exists (dev0.1 = w3 /\\ dev0.2 = i2)',
    expected: {
      'always-notify~wp_page_copy': 'stale-read by dev0 at mm0:0, wp_page_copy, cycle of 4',
      'always-notify': 'clean',
      optimized: 'clean',
      'v4.14': 'clean',
      'v4.15': 'clean',
    },
  },
  {
    name: 'rule-a',
    about:
      'MADV_DONTNEED frees a page in the middle of its range, because the gather is full, and the secondary TLB was not told before: the device writes to a freed page.',
    world: world([[region('anon', ['page', 'page'])]]),
    threads: [
      cpu(0, { name: 'madvise_dontneed', args: [0, 2], choices: ['gather-full'] }),
      device(0, call('device_write', 0, 0), call('device_write', 0, 0)),
    ],
    runs: [ends(1, 0), stops(0, 0, 'madvise_dontneed', 'flush_tlb_range.flush'), ends(1, 1)],
    condition: 'forbid (freed-page-write by dev0)',
    expected: {
      'always-notify~zap_pte_range:after-flush': 'freed-page-write by dev0 at mm0:0, zap_pte_range',
      'always-notify': 'clean',
      optimized: 'clean',
      'v4.14': 'clean',
      'v4.15': 'clean',
    },
  },
  {
    name: 'downgrade-fork',
    about:
      'fork makes the parent read-only and announces it at range_end only: the device may write the shared page until then, and not after fork has returned.',
    world: world([[region('anon', ['page'])], [region('none', [])]]),
    threads: [cpu(0, call('dup_mmap', 1)), device(0, call('device_write', 0, 0), call('device_write', 0, 0))],
    runs: [ends(1, 0), ends(0, 0), ends(1, 1)],
    condition: 'forbid (stale-entry by dev0 \\/ stale-permission by dev0)',
    expected: {
      'optimized~copy_one_pte:after-set~copy_page_range:range-end': 'stale-entry by dev0 at mm0:0, copy_one_pte',
      'always-notify': 'clean',
      optimized: 'clean',
      'v4.14': 'clean',
      'v4.15': 'clean',
    },
  },
  {
    name: 'downgrade-mprotect',
    about: 'mprotect takes the right to write; its range_end is the only announcement in the kernels read.',
    world: world([[region('anon', ['page'])]]),
    threads: [cpu(0, call('mprotect', 0, 4, 0)), device(0, call('device_write', 0, 0), call('device_write', 0, 0))],
    runs: [ends(1, 0), ends(0, 0), ends(1, 1)],
    condition: 'forbid (stale-entry by dev0 \\/ (dev0.0 = refused /\\ ~(dev0.1 = refused)))',
    expected: {
      'v4.14~change_pmd_range:range-end': 'stale-entry by dev0 at mm0:0, change_pte_range',
      'always-notify': 'clean',
      optimized: 'clean',
      'v4.14': 'clean',
      'v4.15': 'clean',
    },
  },
  {
    name: 'downgrade-mkclean',
    about: 'page_mkclean_one cleans a shared file page before writeback; the patch leaves its range_end to tell the device.',
    world: world([[region('file-shared', ['written'])]], ['page-cache']),
    threads: [cpu(0, call('fsync', 0)), device(0, call('device_write', 0, 0), call('device_write', 0, 0))],
    runs: [ends(1, 0), ends(0, 0), ends(1, 1)],
    condition: 'forbid (stale-entry by dev0 \\/ stale-permission by dev0)',
    expected: {
      'optimized~page_mkclean_one:range-end': 'stale-entry by dev0 at mm0:0, page_mkclean_one',
      'always-notify': 'clean',
      optimized: 'clean',
      'v4.14': 'clean',
      'v4.15': 'clean',
    },
  },
  {
    name: 'downgrade-clear-refs',
    about: 'clear_refs clears soft-dirty bits; a device that keeps its writable translation leaves no mark.',
    world: world([[region('anon', ['page'])]]),
    threads: [cpu(0, call('clear_refs_write')), device(0, call('device_write', 0, 0), call('device_write', 0, 0))],
    runs: [ends(1, 0), ends(0, 0), ends(1, 1)],
    condition: 'forbid (stale-entry by dev0)',
    expected: {
      'v4.14~clear_refs_write:range-end~tlb_finish_mmu': 'stale-entry by dev0 at mm0:0, clear_refs_pte_range',
      'always-notify': 'clean',
      optimized: 'clean',
      'v4.14': 'clean',
      'v4.15': 'clean',
    },
  },
  {
    name: 'ksm-write-protect',
    about:
      'KSM write-protects a page before it compares; with the patch the device hears of it at range_end, before the comparison.',
    world: world([[region('anon', ['page', 'page'], { mergeable: true })]]),
    threads: [cpu(0, call('ksm_scan', 0, 1)), device(0, call('device_read', 0, 0), call('device_write', 0, 0))],
    runs: [ends(1, 0), ends(0, 0), ends(1, 1)],
    condition: 'forall (dev0.0 = i0 /\\ mm0:0.0 = w1 /\\ mm0:1.0 = i0 /\\ clean)',
    expected: {
      'optimized~write_protect_page:range-end': 'stale-entry by dev0 at mm0:0, write_protect_page',
      'always-notify': 'clean',
      optimized: 'clean',
      'v4.14': 'clean',
      'v4.15': 'clean',
    },
  },
  {
    name: 'ksm-replace',
    about:
      'KSM replaces a page by one with equal bytes; the device may read the old one until range_end, before the old one is freed.',
    world: world([[region('anon', ['page', 'page'], { mergeable: true })]]),
    threads: [cpu(0, call('ksm_scan', 0, 1)), device(0, call('device_read', 1, 0), call('device_read', 1, 0))],
    runs: [
      stops(0, 0, REPLACE, 'mmu_notifier_invalidate_range_start.start', 2),
      ends(1, 0),
      ends(0, 0),
      ends(1, 1),
    ],
    condition: 'forall (dev0.0 = i0 /\\ dev0.1 = i0 /\\ clean)',
    expected: {
      'optimized~replace_page:range-end': 'stale-entry by dev0 at mm0:1, replace_page',
      'always-notify': 'clean',
      optimized: 'clean',
      'v4.14': 'clean',
      'v4.15': 'clean',
    },
  },
  {
    name: 'huge-zero-split',
    about:
      'The huge zero page is split by a write to one of its pages. Hardware that ignores invalidations smaller than a cached huge entry goes on reading zeros where the copy is.',
    world: world([[region('anon', [], { map: 'huge-zero' })]]),
    hardware: { 'small-invalidation': 'ignored' },
    threads: [
      cpu(0, { name: 'user_write', args: [0, 0], choices: ['huge-allocation-fails'] }),
      device(0, call('device_read', 0, 0), call('device_read', 0, 0)),
    ],
    runs: [ends(1, 0), ends(0, 0), ends(1, 1)],
    condition: 'exists (dev0.1 = 0 /\\ mm0:0.0 = w1 /\\ stale-entry by dev0)',
    expected: {
      'v4.15': 'stale-entry by dev0 at mm0:0, __split_huge_zero_page_pmd',
      'always-notify': 'clean',
      optimized: 'clean',
      'v4.14': 'clean',
    },
  },
  {
    name: 'huge-zero-split-window',
    about:
      'The same hardware and the 2017 patch alone: between the split and its range_end another CPU makes a copy, whose small invalidation the device ignores, and the device reads the old zero.',
    world: world([[region('anon', [], { map: 'huge-zero' })]]),
    hardware: { 'small-invalidation': 'ignored' },
    threads: [
      cpu(0, { name: 'user_write', args: [0, 0], choices: ['huge-allocation-fails'] }),
      cpu(0, call('user_write', 0, 0)),
      device(0, call('device_read', 0, 0), call('device_read', 0, 0)),
    ],
    runs: [
      ends(2, 0),
      stops(0, 0, 'user_write __do_page_fault handle_mm_fault do_huge_pmd_wp_page split_huge_pmd __split_huge_pmd', RANGE_END),
      ends(1, 0),
      ends(2, 1),
    ],
    condition: 'exists (dev0.1 = 0 /\\ stale-read by dev0)',
    expected: {
      optimized: 'stale-read by dev0 at mm0:0, __split_huge_zero_page_pmd, no cycle',
      'always-notify': 'clean',
      'v4.14': 'clean',
      'v4.15': 'stale-read by dev0 at mm0:0, __split_huge_zero_page_pmd, no cycle',
    },
  },
  {
    name: 'late-dirty-bit',
    about:
      'The question of the 2017 review: hardware that writes dirty bits back late, from a cached writable entry. A page that MADV_FREE marked is written by the device and dropped by reclaim as clean: every kernel loses the write, whatever notifies.',
    world: world([[region('anon', ['page'])]]),
    hardware: { 'dirty-bit': 'late' },
    threads: [
      cpu(0, call('madvise_free', 0, 1), call('shrink_page_list', 0)),
      device(0, call('device_write', 0, 0)),
    ],
    runs: [ends(0, 0), ends(1, 0), ends(0, 1)],
    condition: 'exists (lost-dirty by cpu0 /\\ mm0:0.0 = 0)',
    expected: {
      optimized: 'lost-dirty by cpu0 at mm0:0, try_to_unmap_one/unbatched',
      'always-notify': 'lost-dirty by cpu0 at mm0:0, try_to_unmap_one/unbatched',
      'v4.14': 'lost-dirty by cpu0 at mm0:0, try_to_unmap_one/unbatched',
      'v4.15': 'lost-dirty by cpu0 at mm0:0, try_to_unmap_one/unbatched',
    },
  },
  {
    name: 'retract-page-tables',
    about:
      'khugepaged collapses the pages of a tmpfs file, and frees the table that mapped them. The walker of a device has kept the upper levels since its fault, and walks the table after it was freed. f268f6cf875f, v6.1, put a bracket around it.',
    world: world([[region('shmem', ['page'])]], ['shmem']),
    hardware: { 'walk-cache': 'upper-levels' },
    threads: [cpu(0, call('khugepaged_scan_shmem', 0)), device(0, call('device_read', 0, 0), call('device_read', 1, 0))],
    runs: [
      stops(0, 0, 'khugepaged_scan_shmem collapse_shmem retract_page_tables', 'down_write'),
      stops(1, 0, 'device_read prq_event_thread', 'down_read'),
      ends(0, 0),
      ends(1, 0),
    ],
    condition: 'exists freed-page-read by dev0',
    expected: {
      'v4.14': 'freed-page-read by dev0 at mm0:0, zap_pte_range',
      'always-notify': 'clean',
      optimized: 'clean',
      'v5.15': 'freed-page-read by dev0 at mm0:0, zap_pte_range',
      'v6.1': 'clean',
      'v6.6': 'clean',
    },
  },
  {
    name: 'shared-pmd-table-lost-write',
    about:
      'Two mms map a hugetlb file through one table of PMDs, so that its page has one mapping to count. Soft offline moves the page: it is unmapped in the first mm alone, copied, and the second mm writes to the old place.',
    world: sharedTable(),
    threads: [
      cpu(0, call('soft_offline_huge_page', 0)),
      cpu(1, call('user_write', 8, 0), call('user_write', 8, 0)),
    ],
    runs: [ends(1, 0), stops(0, 0, MOVE, 'down_read'), ends(1, 1)],
    condition: 'forall (mm0:0.0 = w2 /\\ mm1:0.0 = w2 /\\ clean)',
    expected: {
      'v4.14': 'lost-write by cpu1 at mm1:0, try_to_unmap_one/unbatched',
      'always-notify': 'clean',
      optimized: 'clean',
      'v4.4': 'lost-write by cpu1 at mm1:0, try_to_unmap_one/unbatched',
      'v5.0': 'clean',
      'backport-4.4-page-huge': 'clean',
    },
  },
  {
    name: 'shared-pmd-table-freed-page',
    about:
      'The same, and a device of the second mm writes when the old page has been given back: through a translation that nobody told it to drop.',
    world: sharedTable(),
    threads: [
      cpu(0, call('soft_offline_huge_page', 0)),
      device(1, call('device_write', 8, 0), call('device_write', 8, 0)),
    ],
    runs: [ends(1, 0), stops(0, 0, 'soft_offline_huge_page', 'put_page'), ends(1, 1)],
    condition: 'forbid (freed-page-write by dev0 \\/ lost-write by dev0)',
    expected: {
      'v4.14': 'freed-page-write by dev0 at mm1:0, try_to_unmap_one/unbatched',
      'always-notify': 'clean',
      optimized: 'clean',
      'v5.0': 'clean',
    },
  },
  {
    name: 'backport-unbalanced',
    about:
      'A draft of the backport to 4.4: munlock passes by a vma that is not locked, on a way that leads past the start of the bracket to its end.',
    world: world([[region('anon', ['page'])]]),
    threads: [cpu(0, call('munlock_vma_page', 0))],
    runs: [ends(0, 0)],
    condition: 'forbid (contract)',
    expected: {
      'backport-4.4-unbalanced': 'contract by cpu0, try_to_unmap_one',
      'always-notify': 'clean',
      'v4.4': 'clean',
      'backport-4.4-every-page': 'clean',
    },
  },
];
