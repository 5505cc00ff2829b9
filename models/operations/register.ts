import type { Callable } from '../../src/program/callable.js';
import { accesses, EVERY, FAULTS } from './register-accesses.js';
import { dax_fsync } from './dax_fsync.js';
import { clean_record_shared_mapping_range } from './clean_record_shared_mapping_range.js';
import { clear_refs_write } from './clear_refs_write.js';
import { driver_migrate_vma } from './driver_migrate_vma.js';
import { dup_mmap } from './dup_mmap.js';
import { khugepaged_scan_pmd } from './khugepaged_scan_pmd.js';
import { khugepaged_scan_shmem } from './khugepaged_scan_shmem.js';
import { ksm_scan } from './ksm_scan.js';
import { madvise_dontneed } from './madvise_dontneed.js';
import { madvise_free } from './madvise_free.js';
import { mprotect } from './mprotect.js';
import { mremap } from './mremap.js';
import { munlock_vma_page } from './munlock_vma_page.js';
import { munmap } from './munmap.js';
import { exit_mm } from './exit_mm.js';
import { ext4_punch_hole } from './ext4_punch_hole.js';
import { ext4_setattr } from './ext4_setattr.js';
import { fsync } from './fsync.js';
import { memory_failure } from './memory_failure.js';
import { migrate_pages } from './migrate_pages.js';
import { oom_reap_task_mm } from './oom_reap_task_mm.js';
import { shmem_fallocate } from './shmem_fallocate.js';
import { shrink_page_list } from './shrink_page_list.js';
import { split_huge_pages_set } from './split_huge_pages_set.js';
import { uffd_un_protect, uffd_write_protect } from './uffd_write_protect.js';
import { uprobe_write_opcode } from './uprobe_write_opcode.js';
import { task_numa_work } from './task_numa_work.js';
import { hugetlbCallables } from './register-hugetlb.js';
import { kernelHalfCallables } from './register-kernel-half.js';
import { wp_shared_mapping_range } from './wp_shared_mapping_range.js';
import { writeback } from './writeback.js';

const BASE = ['anon', 'file-shared', 'file-private', 'dax', 'shmem'];
const RMAPPED = ['anon', 'file-shared', 'file-private'];
const FILES = ['file-shared', 'file-private'];
const RECLAIM = ['swap-full', 'swap-duplicate-fails', 'pte-unused', 'swapbacked-mismatch'];

/** The program operations: what the threads of a case can call. */
export const callables: readonly Callable[] = [
  ...accesses,
  {
    operation: madvise_dontneed,
    by: 'cpu',
    args: ['addr', 'count'],
    on: BASE,
    choices: ['gather-full'],
    writes: false,
  },
  {
    operation: munmap,
    by: 'cpu',
    args: ['addr', 'count'],
    on: EVERY,
    choices: ['gather-full'],
    writes: false,
  },
  {
    operation: mprotect,
    by: 'cpu',
    weight: 1.7,
    args: ['addr', 'count', 'prot'],
    on: EVERY,
    choices: [],
    writes: false,
  },
  {
    operation: madvise_free,
    since: '4.5',
    by: 'cpu',
    weight: 1.5,
    args: ['addr', 'count'],
    on: ['anon'],
    choices: [],
    writes: false,
  },
  {
    operation: shrink_page_list,
    by: 'cpu',
    weight: 4, // the most branches
    args: ['any-addr'],
    on: RMAPPED,
    choices: RECLAIM,
    writes: false,
  },
  {
    operation: migrate_pages,
    by: 'cpu',
    args: ['any-addr'],
    on: RMAPPED,
    choices: ['page-allocation-fails'],
    writes: false,
  },
  {
    operation: driver_migrate_vma,
    since: '4.14',
    by: 'cpu',
    args: ['any-addr'],
    on: ['anon'],
    choices: ['page-allocation-fails'],
    writes: false,
  },
  {
    operation: memory_failure,
    by: 'cpu',
    weight: 1.2,
    args: ['any-addr'],
    on: RMAPPED,
    choices: ['swap-duplicate-fails'],
    writes: false,
  },
  { operation: writeback, by: 'cpu', args: ['file'], on: FILES, choices: [], writes: false },
  { operation: fsync, by: 'cpu', args: ['file'], on: FILES, choices: [], writes: false },
  {
    operation: khugepaged_scan_pmd,
    by: 'cpu',
    weight: 1.4,
    args: ['pmd'],
    on: ['anon'],
    choices: ['huge-allocation-fails'],
    writes: false,
  },
  {
    operation: khugepaged_scan_shmem,
    since: '4.8',
    by: 'cpu',
    weight: 1.2,
    args: ['pmd'],
    on: ['shmem'],
    choices: ['huge-allocation-fails', 'gather-full'],
    writes: false,
  },
  {
    operation: shmem_fallocate,
    by: 'cpu',
    weight: 0.7,
    args: ['file', 'file-count'],
    on: ['shmem'],
    choices: ['gather-full'],
    writes: false,
  },
  { operation: dax_fsync, since: '4.10', by: 'cpu', args: ['file'], on: ['dax'], choices: [], writes: false },
  { operation: clear_refs_write, by: 'cpu', args: [], on: EVERY, choices: [], writes: false },
  {
    operation: ksm_scan,
    by: 'cpu',
    weight: 2,
    args: ['any-addr', 'any-addr'],
    on: ['anon'],
    choices: ['page-allocation-fails'],
    writes: false,
  },
  {
    operation: split_huge_pages_set,
    since: '4.5',
    by: 'cpu',
    args: ['any-addr'],
    on: ['anon', 'shmem'],
    choices: [],
    writes: false,
  },
  {
    operation: uprobe_write_opcode,
    by: 'cpu',
    args: ['addr'],
    on: ['file-private'],
    choices: FAULTS,
    writes: true,
  },
  {
    operation: ext4_punch_hole,
    by: 'cpu',
    args: ['file', 'file-count'],
    on: ['file-shared', 'file-private', 'dax'],
    choices: ['gather-full'],
    writes: false,
  },
  {
    operation: ext4_setattr,
    by: 'cpu',
    args: ['file'],
    on: ['file-shared', 'file-private', 'dax'],
    choices: ['gather-full'],
    writes: false,
  },
  {
    operation: exit_mm,
    by: 'cpu',
    args: [],
    on: EVERY,
    choices: ['gather-full'],
    weight: 0.5,
    writes: false,
  },
  {
    operation: oom_reap_task_mm,
    by: 'cpu',
    args: ['mm'],
    on: ['anon', 'file-private'],
    choices: ['gather-full'],
    weight: 0.5,
    writes: false,
  },
  { operation: dup_mmap, by: 'cpu', args: ['other-mm'], on: EVERY, choices: [], writes: false },
  {
    operation: wp_shared_mapping_range,
    by: 'cpu',
    args: ['file', 'file-count'],
    on: ['dax'],
    choices: [],
    writes: false,
    since: '5.7',
  },
  {
    operation: clean_record_shared_mapping_range,
    by: 'cpu',
    args: ['file', 'file-count'],
    on: ['dax'],
    choices: [],
    writes: false,
    since: '5.7',
  },
  {
    operation: uffd_write_protect,
    by: 'cpu',
    args: ['addr', 'count'],
    on: ['anon'],
    choices: [],
    writes: false,
    since: '5.7',
  },
  {
    operation: uffd_un_protect,
    by: 'cpu',
    args: ['addr', 'count'],
    on: ['anon'],
    choices: [],
    weight: 0.3,
    writes: false,
    since: '5.7',
  },
  { operation: task_numa_work, by: 'cpu', args: ['addr', 'count'], on: RMAPPED, choices: [], writes: false },
  {
    operation: munlock_vma_page,
    until: '5.14', // page_mlock
    by: 'cpu',
    args: ['any-addr'],
    on: RMAPPED,
    choices: [],
    weight: 0.3,
    writes: false,
  },
  {
    operation: mremap,
    by: 'cpu',
    weight: 1.5,
    args: ['addr', 'count', 'addr'],
    on: BASE,
    choices: FAULTS,
    writes: false,
  },
  ...hugetlbCallables,
  ...kernelHalfCallables,
];
