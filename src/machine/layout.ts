import {
  FIRST_FRAME,
  PAGE_WORDS,
  PMDS_PER_PUD,
  PTES_PER_PMD,
  pagesPerMm,
  type Geometry,
} from './geometry.js';

/** Field offsets inside the records of the words. Each comment says what the word holds. */
export const THREAD = {
  PC: 0, // instruction the thread stands before; 0 when it has nothing left
  OP: 1, // index of the operation in flight in its program
  SPIN: 2, // spinlocks held; a step that sleeps is wrong unless it is 0
  HELD: 3, // locks of any kind held
  RANGES: 4, // start/end brackets open
  CHOICES: 5, // bits of the operation's choices
  TAG: 6, // the value that a write of this operation leaves behind
  ERROR: 7, // how the access ended: 0, SIGSEGV, SIGBUS
  GATHER_LO: 8, // mmu_gather: first page of the range to flush, -1 none
  GATHER_HI: 9, // one past its last page
  GATHER_TABLES: 10, // bit set of table pages queued, by table index
  GATHER_FLAGS: 11, // bit 0 gather open, bit 1 whole mm, bit 2 tables went away
  GATHER_COUNT: 12, // frames queued
  BATCH: 13, // reclaim's tlb_ubc: bit set of mms whose CPU flush is pending
  MM: 14, // the mm that the CPU runs, or the device is bound to
  WINDOW: 15, // what the operation's promise window is (oracle/logical-memory)
  GATHER_PAGE: 16, // the queued frames, GATHER_ROOM words
  NONBLOCK: 24, // non_block_start: a step that sleeps is wrong unless it is 0
  GRACE: 25, // synchronize_srcu: the threads whose read sections it waits for
  RANGE: 26, // the open brackets, RANGE_ROOM words: first page, and pages from bit 16 on; the oracles read them
  VISITS: 30, // an invalidation that takes several steps: those behind it
  VMA_LOCK: 36, // the page, + 1, by which a fault holds the lock of its vma: see kernel/vma-lock
  PIN_AT: 31, // the page that this agent has pinned: address + 1, 0 none (kernel/pin)
  PIN_ENTRY: 32, // its frame, in the form of a translation; DIRTY: written, and the page is not told yet
  PIN_OBJECT: 33, // memory object + 1 that the pin still stands for, 0 none (oracle/pins)
  IRQS_OFF: 34, // the CPU has interrupts off: IPIs wait
  GUP_TABLE: 35, // table of PTEs that a lockless walk has reached, 0 none
  REGS: 37,
} as const;

/** Brackets of one thread that can be open at once, and frames that one mmu_gather batch holds. */
export const RANGE_ROOM = 4;
export const GATHER_ROOM = 8;

export const MM = {
  MMAP: 0, // mmap_lock
  PENDING: 1, // tlb_flush_pending
  BATCHED: 2, // tlb_flush_batched
  HUGE_ZERO: 3, // MMF_HUGE_ZERO_PAGE: the mm pins the huge zero page
  BORN: 4, // fork is still making this mm: nothing of it runs yet
  NOTIFIERS: 5, // subscribers on the list that have range_start and range_end
  ITREE: 6, // interval notifiers: bit 0 has_itree, bit 1 invalidate_seq is odd, then active_invalidate_ranges
  EXIT: 7, // threads that have left the mm for good, and EXITING when nobody is left
  FLAGS: 8, // MMF_UNSTABLE and MMF_OOM_SKIP: see kernel/oom
  VMA_LOCKED: 9, // bit set of the pages whose vma is locked for writing: see kernel/vma-lock
  PAGE_TABLE_LOCK: 10, // owner's thread + 1; who puts a table into a PUD entry in one step does not take it
  PUD: 11, // table index + 1 of the PMD page, one word a PUD region
} as const;

export const VPAGE = {
  VMA: 0, // kind, protection and flags of the vma over this page; 0 is no vma
  PGOFF: 1, // vm_pgoff of this page: linear index for anonymous, file page for files
  OBJECT: 2, // the memory object that the address names, + 1
  EXCUSE: 3, // threads whose operation in flight changed this entry: a bit each for writes, and above them for reads
  AFTER_LO: 4, // a byte a thread: who changed the entry after thread 0..3 last looked at it
  AFTER_HI: 5, // the same for threads 4..7
  BUSY: 7, // threads whose operation in flight changed this entry, promises or not
  TRACK: 6, // write tracking that has been promised: see oracle/logical-memory
  OWED: 8, // up to v4.12: threads that took something away and have not told subscribers (oracle/brackets)
  SIZE: 9,
} as const;

export const TABLE = {
  KIND: 0, // 0 free, 1 table of PTEs, 2 table of PMDs
  COUNT: 1, // users of the page-table page
  LOCK: 2, // its spinlock (PTL or PMD lock)
  ENTRY: 3, // 4 entries
  SIZE: 7,
} as const;

export const FRAME = {
  KIND: 0, // PageKind
  REF: 1, // refcount, of the head for a compound page
  MAP: 2, // mapcount of PTEs, 0 when unmapped
  CMAP: 3, // head: mapcount of whole-page (PMD) mappings
  FLAGS: 4, // PG_* bits
  INDEX: 5, // page->index
  SWAP: 6, // swap slot + 1 when in the swap cache
  HEAD: 7, // compound head + 1 for head and tails, 0 for a base page
  LOCK: 8, // page lock
  W: 9, // contents
  SIZE: 11,
} as const;

export const KERNEL = {
  PMD: 0, // entry of one PMD of the kernel half, which all mms share
  AREA: 1, // whose its addresses are: thread + 1 (alloc_vmap_area)
  SIZE: 2,
} as const;

export const FILE = {
  CACHE: 0, // page cache: frame + 1
  TAGS: 1, // radix-tree tags of a DAX entry, and bits of the file (kernel/dax, kernel/filemap)
  LOCK: 2, // DAX entry lock
  S: 3, // contents on storage
  SIZE: 5,
} as const;

export const SWAP = {
  COUNT: 0, // swap_map
  CACHE: 1, // swap cache: frame + 1
  S: 2, // contents in the slot
  SIZE: 4,
} as const;

export const DEVICE = {
  MM: 0, // the mm its PASID is bound to
  POST_AT: 1, // posted write in flight: address + 1, 0 none
  POST_ENTRY: 2, // the translation that it carries
  POST_WORD: 3, // word and value: word | value << 4
  WALK_AT: 4, // walk begun and not filled yet: address + 1
  WALK_ENTRY: 5, // what it read
  LATER: 6, // invalidations taken but not complete: bit set of pages (completion needs a sync)
  FLAGS: 7, // bit 0: an access is in progress (PASID active); bit 1: deferred invalidation pending
  KIND: 8, // how it follows the page table: see kernel/subscriber
  STATE: 9, // on the notifier list, bound, gone: see kernel/subscriber
  LOCK: 10, // its driver's own lock (kvm->mmu_lock, umem_mutex), held by thread - 1
  COUNT: 11, // invalidations in progress (mmu_notifier_count)
  SEQ: 12, // its sequence count, as far as its one reader can tell: see kernel/subscriber
  STARTED: 13, // range_starts that it took and that are not ended, 4 bits a thread
  BINDER: 14, // the driver's lock over binding and unbinding, held by thread - 1
  SIZE: 15,
} as const;

export const OBJECT = {
  HOME: 0, // frame + 1 that was last installed for the page, 0 none
  INIT: 1, // what "initial value" means for its cells
  WATCH: 2, // threads with a window open on its cells
  STATE: 3, // bits of logical-memory (discardable …)
  CELL: 4, // contents that a correct kernel would show
  SIZE: 6,
} as const;

/**
 * A window of one thread on one object: a word of values written since the call (a bit a value), then the value at
 * the call, for each word of the page.
 */
export const WINDOW_WORDS = 2 * PAGE_WORDS;

/** Where everything is in the words of one case's world. Indices only; built once a geometry. */
export class Layout {
  /** Virtual pages of an mm, a power of two. */
  readonly pages: number;
  readonly pagesShift: number;
  readonly threads: number;
  readonly tablesCount: number;
  readonly framesCount: number;
  readonly objects: number;
  readonly threadSize: number;
  readonly mmSize: number;
  readonly tlbSize: number;

  readonly thread: number;
  readonly mm: number;
  readonly vpages: number;
  readonly table: number;
  readonly frame: number;
  readonly file: number;
  readonly swap: number;
  readonly device: number;
  readonly tlb: number;
  /** IOTLBs, one an IOMMU and mm; they follow the TLBs. No words unless the case has them. */
  readonly iotlb: number;
  readonly walkCache: number;
  /** What each agent keeps of the kernel half: its PMD's table. Follows the walk caches. */
  readonly kernelWalk: number;
  readonly kernel: number;
  readonly anonVma: number;
  readonly iMmap: number;
  /** i_mmap_sem of ext4's inodes (mapping->invalidate_lock), one a file. */
  readonly invalidateLock: number;
  /** i_mmap locks of hugetlbfs: one for all files behind private mappings, then one for all behind shared ones. */
  readonly hugetlbMmap: number;
  /** hugetlb_fault_mutex_table: one a huge page of each mm, then one a huge page of the files. */
  readonly hugetlbFault: number;
  /** Threads in a read section of the one SRCU domain of mm/mmu_notifier.c. */
  readonly srcu: number;
  readonly object: number;
  readonly window: number;
  readonly size: number;

  constructor(
    readonly geometry: Geometry,
    readonly registers: number,
  ) {
    const g = geometry;
    this.pages = pagesPerMm(g);
    this.pagesShift = Math.log2(this.pages);
    this.threads = g.cpus + g.devices;
    // a few more than are mapped at once: tables in a gather are not free yet, and the kernel has one of its own
    this.tablesCount = g.mms * (g.puds + g.puds * PMDS_PER_PUD) + 5;
    this.framesCount = FIRST_FRAME + g.frames;
    this.objects = g.mms * this.pages + g.filePages;
    this.threadSize = THREAD.REGS + registers;
    this.mmSize = MM.PUD + g.puds + this.pages * VPAGE.SIZE;
    // a word a base page, then a word a huge page
    this.tlbSize = this.pages + this.pages / PTES_PER_PMD;

    let at = 0;
    const room = (words: number): number => {
      const here = at;
      at += words;
      return here;
    };
    this.thread = room(this.threads * this.threadSize);
    this.mm = room(g.mms * this.mmSize);
    this.vpages = this.mm + MM.PUD + g.puds;
    this.table = room(this.tablesCount * TABLE.SIZE);
    this.frame = room(this.framesCount * FRAME.SIZE);
    this.file = room(g.filePages * FILE.SIZE);
    this.swap = room(g.swapSlots * SWAP.SIZE);
    this.device = room(g.devices * DEVICE.SIZE);
    this.tlb = room(this.threads * this.tlbSize);
    this.iotlb = room(g.iotlb === true ? g.devices * g.mms * this.tlbSize : 0);
    this.walkCache = room(this.threads * (this.pages / PTES_PER_PMD));
    this.kernelWalk = room(this.threads);
    this.kernel = room(KERNEL.SIZE);
    this.anonVma = room(1);
    this.iMmap = room(Math.max(1, g.filePages / 4));
    this.invalidateLock = room(Math.max(1, g.filePages / 4));
    this.hugetlbMmap = room(2);
    this.hugetlbFault = room((g.mms * this.pages + g.filePages) / PTES_PER_PMD);
    this.srcu = room(1);
    this.object = room(this.objects * OBJECT.SIZE);
    this.window = room(g.cpus * this.objects * WINDOW_WORDS);
    this.size = at;
  }

  /** Word index of field 0 of the virtual page at `addr`. */
  vpage(addr: number): number {
    const mm = addr >> this.pagesShift;
    return this.vpages + mm * this.mmSize + (addr & (this.pages - 1)) * VPAGE.SIZE;
  }

  mmAt(mm: number): number {
    return this.mm + mm * this.mmSize;
  }

  threadAt(t: number): number {
    return this.thread + t * this.threadSize;
  }

  tableAt(table: number): number {
    return this.table + table * TABLE.SIZE;
  }

  frameAt(frame: number): number {
    return this.frame + frame * FRAME.SIZE;
  }

  fileAt(page: number): number {
    return this.file + page * FILE.SIZE;
  }

  swapAt(slot: number): number {
    return this.swap + slot * SWAP.SIZE;
  }

  deviceAt(device: number): number {
    return this.device + device * DEVICE.SIZE;
  }

  objectAt(object: number): number {
    return this.object + object * OBJECT.SIZE;
  }

  /** TLB of agent `t`: base pages first, then huge pages. */
  tlbAt(t: number): number {
    return this.tlb + t * this.tlbSize;
  }

  /** What IOMMU `iommu` caches of the mm, in the form of a TLB. */
  iotlbAt(iommu: number, mm: number): number {
    return this.iotlb + (iommu * this.geometry.mms + mm) * this.tlbSize;
  }

  walkCacheAt(t: number): number {
    return this.walkCache + t * (this.pages / PTES_PER_PMD);
  }

  kernelWalkAt(t: number): number {
    return this.kernelWalk + t;
  }

  windowAt(t: number, object: number): number {
    return this.window + (t * this.objects + object) * WINDOW_WORDS;
  }
}
