import { PTES_PER_PMD } from '../machine/geometry.js';
import {
  DEVICE,
  FILE,
  FRAME,
  KERNEL,
  MM,
  SWAP,
  TABLE,
  THREAD,
  VPAGE,
  type Layout,
} from '../machine/layout.js';
import { addressText, agentName, rangeText } from './names.js';
import type { PageTables } from './page-tables.js';

/** How the number in a word is read. */
export type Form =
  | 'entry'
  | 'contents'
  | 'count'
  | 'owner'
  | 'readers'
  | 'frame'
  | 'slot'
  | 'table'
  | 'page flags'
  | 'vma'
  | 'flag'
  | 'bits'
  | 'address';

/** What one word of the world is. */
export interface WordName {
  /** `pte mm0:3`, `frame 9 refcount`, `tlb dev0 mm0:3`. */
  readonly name: string;
  readonly form: Form;
}

type Fields = Readonly<Record<number, readonly [string, Form] | undefined>>;

const FRAME_FIELDS: Fields = {
  [FRAME.REF]: ['refcount', 'count'],
  [FRAME.MAP]: ['mapcount', 'count'],
  [FRAME.CMAP]: ['compound mapcount', 'count'],
  [FRAME.FLAGS]: ['flags', 'page flags'],
  [FRAME.SWAP]: ['swap cache', 'slot'],
  [FRAME.HEAD]: ['head', 'frame'],
  [FRAME.LOCK]: ['page lock', 'owner'],
  [FRAME.W]: ['word 0', 'contents'],
  [FRAME.W + 1]: ['word 1', 'contents'],
};
const FILE_FIELDS: Fields = {
  [FILE.CACHE]: ['page cache', 'frame'],
  [FILE.TAGS]: ['tags', 'bits'],
  [FILE.LOCK]: ['entry lock', 'owner'],
  [FILE.S]: ['stored word 0', 'contents'],
  [FILE.S + 1]: ['stored word 1', 'contents'],
};
const SWAP_FIELDS: Fields = {
  [SWAP.COUNT]: ['count', 'count'],
  [SWAP.CACHE]: ['swap cache', 'frame'],
  [SWAP.S]: ['stored word 0', 'contents'],
  [SWAP.S + 1]: ['stored word 1', 'contents'],
};
const DEVICE_FIELDS: Fields = {
  [DEVICE.POST_AT]: ['posted write', 'address'],
  [DEVICE.WALK_AT]: ['walk not filled yet', 'address'],
  [DEVICE.LATER]: ['pages whose invalidation waits for a sync', 'bits'],
  [DEVICE.LOCK]: ["driver's lock", 'owner'],
  [DEVICE.COUNT]: ['invalidations in progress', 'count'],
};
const MM_FIELDS: Fields = {
  [MM.MMAP]: ['mmap_sem', 'readers'],
  [MM.PENDING]: ['tlb_flush_pending', 'count'],
  [MM.BATCHED]: ['tlb_flush_batched', 'flag'],
  [MM.HUGE_ZERO]: ['pins the huge zero page', 'flag'],
  [MM.PAGE_TABLE_LOCK]: ['page_table_lock', 'owner'],
  [MM.VMA_LOCKED]: ['pages of vmas locked for writing', 'bits'],
};

/**
 * Names words by where they are. Bookkeeping of the run (programs, registers, what the checks keep) has no name: it is
 * no part of what a kernel developer would look at.
 */
export class WordNames {
  constructor(
    private readonly layout: Layout,
    private readonly tables: PageTables,
  ) {}

  /** `words` say which mm an agent runs. */
  of(word: number, words: Int32Array): WordName | undefined {
    const L = this.layout;
    if (word < L.mm) return this.thread(word - L.thread);
    if (word < L.table) return this.mm(word - L.mm);
    if (word < L.frame) return this.table(word - L.table);
    if (word < L.file) return field('frame', word - L.frame, FRAME.SIZE, FRAME_FIELDS);
    if (word < L.swap) return field('file page', word - L.file, FILE.SIZE, FILE_FIELDS);
    if (word < L.device) return field('swap', word - L.swap, SWAP.SIZE, SWAP_FIELDS);
    if (word < L.tlb) return field('dev', word - L.device, DEVICE.SIZE, DEVICE_FIELDS, '');
    if (word < L.iotlb) return this.tlb(word - L.tlb, words);
    if (word < L.walkCache) return this.iotlb(word - L.iotlb);
    if (word < L.kernelWalk) return this.walkCache(word - L.walkCache, words);
    if (word < L.kernel)
      return { name: `walk cache ${this.agent(word - L.kernelWalk)} kernel`, form: 'entry' };
    if (word === L.kernel + KERNEL.PMD) return { name: 'pmd kernel', form: 'entry' };
    if (word < L.anonVma) return { name: 'vmap area', form: 'owner' };
    if (word < L.iMmap) return { name: 'anon_vma lock', form: 'readers' };
    if (word < L.hugetlbMmap && word >= L.invalidateLock)
      return { name: `i_mmap_sem of file ${word - L.invalidateLock}`, form: 'readers' };
    if (word >= L.hugetlbMmap && word < L.hugetlbFault)
      return {
        name: `i_mmap_rwsem of hugetlbfs (${word === L.hugetlbMmap ? 'private' : 'shared'})`,
        form: 'readers',
      };
    if (word === L.srcu) return { name: 'srcu readers', form: 'readers' };
    if (word < L.object) return { name: `i_mmap_rwsem of file ${word - L.iMmap}`, form: 'readers' };
    return undefined;
  }

  private thread(at: number): WordName | undefined {
    const agent = this.agent(Math.floor(at / this.layout.threadSize));
    if (at % this.layout.threadSize === THREAD.BATCH)
      return { name: `${agent} batched flush of mms`, form: 'bits' };
    if (at % this.layout.threadSize === THREAD.VISITS)
      return { name: `${agent} next visit of the invalidation`, form: 'count' };
    if (at % this.layout.threadSize === THREAD.VMA_LOCK)
      return { name: `${agent} holds the lock of the vma at`, form: 'address' };
    if (at % this.layout.threadSize === THREAD.PIN_ENTRY) return { name: `pin of ${agent}`, form: 'entry' };
    if (at % this.layout.threadSize === THREAD.IRQS_OFF)
      return { name: `${agent} interrupts off`, form: 'flag' };
    return undefined;
  }

  private mm(at: number): WordName | undefined {
    const L = this.layout;
    const mm = Math.floor(at / L.mmSize);
    const offset = at % L.mmSize;
    const first = MM.PUD + L.geometry.puds;
    if (offset >= first) {
      const page = Math.floor((offset - first) / VPAGE.SIZE);
      if ((offset - first) % VPAGE.SIZE !== VPAGE.VMA) return undefined;
      return { name: `vma ${addressText(mm * L.pages + page, L.pages)}`, form: 'vma' };
    }
    if (offset >= MM.PUD)
      return { name: `pud mm${mm}:${(offset - MM.PUD) * 2 * PTES_PER_PMD}`, form: 'table' };
    const known = MM_FIELDS[offset];
    return known === undefined ? undefined : { name: `mm${mm} ${known[0]}`, form: known[1] };
  }

  private table(at: number): WordName | undefined {
    const table = Math.floor(at / TABLE.SIZE);
    const offset = at % TABLE.SIZE;
    const mapped = this.tables.at(table);
    if (offset === TABLE.COUNT) return { name: `table ${table} count`, form: 'count' };
    if (offset === TABLE.LOCK) {
      if (mapped === undefined) return { name: `lock of table ${table}`, form: 'owner' };
      const lock = mapped.level === 'pmd' ? 'pmd lock' : 'ptl';
      return { name: `${lock} ${rangeText(mapped.addr, 4 * mapped.step, this.layout)}`, form: 'owner' };
    }
    const entry = offset - TABLE.ENTRY;
    if (entry < 0) return undefined;
    if (mapped === undefined) return { name: `table ${table} entry ${entry}`, form: 'entry' };
    const addr = addressText(mapped.addr + entry * mapped.step, this.layout.pages);
    return { name: `${mapped.level} ${addr}`, form: 'entry' };
  }

  private tlb(at: number, words: Int32Array): WordName {
    const L = this.layout;
    const t = Math.floor(at / L.tlbSize);
    const offset = at % L.tlbSize;
    const page = offset < L.pages ? offset : (offset - L.pages) * PTES_PER_PMD;
    return { name: `tlb ${this.agent(t)} ${this.addressOf(t, page, words)}`, form: 'entry' };
  }

  private iotlb(at: number): WordName {
    const L = this.layout;
    const n = Math.floor(at / L.tlbSize);
    const offset = at % L.tlbSize;
    const page = offset < L.pages ? offset : (offset - L.pages) * PTES_PER_PMD;
    const { mms } = L.geometry;
    return { name: `iotlb ${Math.floor(n / mms)} mm${n % mms}:${page}`, form: 'entry' };
  }

  private walkCache(at: number, words: Int32Array): WordName {
    const perAgent = this.layout.pages / PTES_PER_PMD;
    const t = Math.floor(at / perAgent);
    const page = (at % perAgent) * PTES_PER_PMD;
    return { name: `walk cache ${this.agent(t)} ${this.addressOf(t, page, words)}`, form: 'entry' };
  }

  private addressOf(t: number, page: number, words: Int32Array): string {
    return `mm${words[this.layout.threadAt(t) + THREAD.MM]}:${page}`;
  }

  private agent(t: number): string {
    return agentName(t, this.layout.geometry.cpus);
  }
}

function field(record: string, at: number, size: number, fields: Fields, gap = ' '): WordName | undefined {
  const known = fields[at % size];
  if (known === undefined) return undefined;
  return { name: `${record}${gap}${Math.floor(at / size)} ${known[0]}`, form: known[1] };
}
