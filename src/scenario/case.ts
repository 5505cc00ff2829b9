import type { HardwareName } from '../machine/hardware.js';

/**
 * A case: everything that one run needs. Plain data, JSON through and through; nothing in it is imported or executed.
 * Which models it runs on is kept beside it (run/finding).
 */
export interface Case {
  readonly world: World;
  /** Values of switches that are not conforming, by name. */
  readonly hardware: Readonly<Partial<Record<HardwareName, string>>>;
  /** CPU threads first, then devices; at most 4 and 2. */
  readonly threads: readonly ThreadProgram[];
  readonly schedule: readonly Segment[];
}

/** Two PMD regions (8 pages) a PUD region an mm; what each holds when the case begins. */
export interface World {
  /** One list of PMD regions an mm, 2 or 4 regions each, as many in every mm. */
  readonly mms: readonly (readonly Region[])[];
  /** What the world's files are, a block of 4 pages each. */
  readonly files: readonly FileKind[];
  /** Frames for the allocator. */
  readonly frames: number;
  readonly swapSlots: number;
}

export type FileKind = 'page-cache' | 'dax' | 'hugetlbfs' | 'shmem';

/** 4 virtual pages under one PMD entry. */
export interface Region {
  readonly vma: VmaKind;
  readonly writable: boolean;
  /** madvise(MADV_MERGEABLE). Anonymous regions only. */
  readonly mergeable: boolean;
  /** Block of the world's files that is mapped; only for mappings of files. */
  readonly file: number;
  /**
   * What is mapped at the start. `pages`: page by page as in `pages`; `huge`: one transparent, hugetlb or DAX page (of shmem: the
   * file's pages are one huge page, and others may map them by PTEs);
   * `huge-zero`: the huge zero page; `huge-shared`: one huge page, read-only, shared with the same region of the other
   * mm, as after fork; `pmd-shared`: one hugetlb page, mapped through a table of PMDs that both mms share for the whole
   * PUD region (the other region of which may be empty, `pages`).
   */
  readonly map: 'pages' | 'huge' | 'huge-zero' | 'huge-shared' | 'pmd-shared';
  readonly pages: readonly PageState[];
}

export type VmaKind =
  'none' | 'anon' | 'file-shared' | 'file-private' | 'dax' | 'hugetlb-private' | 'hugetlb-shared' | 'shmem';

/**
 * - `none`: nothing mapped yet
 * - `page`: present, writable if the vma is, dirty, exclusively this mm's (a file page: mapped shared, clean, read-only;
 *   of shmem: clean, writable if the vma is)
 * - `written`: a file page mapped shared, writable and dirty; a private one: already copied
 * - `clean`: present, writable if the vma is, not dirty (anonymous: as after migration)
 * - `lazyfree`: as `clean`, and MADV_FREE has returned: it may be dropped until it is written
 * - `zero`: the zero page, read-only
 * - `swapped`: in a swap slot
 * - `shared`: read-only, shared with the same page of the other mm, as after fork
 */
export type PageState = 'none' | 'page' | 'written' | 'clean' | 'lazyfree' | 'zero' | 'swapped' | 'shared';

export interface ThreadProgram {
  readonly kind: 'cpu' | 'device';
  /** The mm that the CPU runs, or that the device's PASID is bound to. */
  readonly mm: number;
  /** How a device follows the page table; `sva` when it is left out. */
  readonly subscriber?: SubscriberKind;
  readonly operations: readonly OperationCall[];
}

/**
 * - `sva`: a secondary TLB that hardware fills, told by invalidate_range (or invalidate_secondary_tlbs)
 * - `kvm`: a shadow page table, told by start and end with a sequence count and change_pte, under a spinlock
 * - `interval`: a mirror with an mmu_interval_notifier and its sequence count, under a mutex
 * - `legacy`: a mirror told by start and end, and by invalidate_page up to v4.12, under a mutex
 * - `pin`: no subscriber: its driver pins the page that it accesses (get_user_pages), until it drops it or takes another
 */
export type SubscriberKind = 'sva' | 'kvm' | 'interval' | 'legacy' | 'pin';

/** One call of a program operation, e.g. `{ name: 'munmap', args: [4, 2], choices: [] }`. */
export interface OperationCall {
  readonly name: string;
  /** Plain numbers, in the order of the operation's arguments. An address is mm * pages + page. */
  readonly args: readonly number[];
  /** Choices that go the unusual way in this call, by name (kernel/choice). */
  readonly choices: readonly string[];
}

/**
 * Run `thread`, at least one step, until it stands before the step `path` of its operation number `operation` for the
 * n-th time (`occurrence`, from 1) since the segment began. Misses, faults and retries on the way belong to the segment; blocking
 * ends it. `path` '' with an operation means its end: the thread stands before the first step of the next one, or
 * has finished. A point that a model does not reach is the beginning of the next operation.
 */
export interface Segment {
  readonly thread: number;
  readonly operation: number;
  readonly path: string;
  readonly occurrence: number;
}
