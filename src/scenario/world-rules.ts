import { PMDS_PER_PUD, PTES_PER_PMD } from '../machine/geometry.js';
import type { FileKind, PageState, Region, VmaKind, World, SubscriberKind } from './case.js';

/** What can stand where in a world, and how large a case may be. */

export const VMA_KINDS = [
  'none',
  'anon',
  'file-shared',
  'file-private',
  'dax',
  'hugetlb-private',
  'hugetlb-shared',
  'shmem',
] as const satisfies readonly VmaKind[];

export const FILE_KINDS = ['page-cache', 'dax', 'hugetlbfs', 'shmem'] as const satisfies readonly FileKind[];

/** States of pages mapped one by one; `shared` needs the same page of the other mm in the same state. */
export const STATES: Readonly<Record<VmaKind, readonly PageState[]>> = {
  none: ['none'],
  anon: ['none', 'page', 'clean', 'lazyfree', 'zero', 'swapped', 'shared'],
  'file-shared': ['none', 'page', 'written'],
  'file-private': ['none', 'page', 'written'],
  dax: ['none', 'page', 'written'],
  'hugetlb-private': ['none'],
  'hugetlb-shared': ['none'],
  shmem: ['none', 'page', 'written'],
};

/** What can be mapped; of hugetlb `pages` means that nothing is mapped yet. */
export const MAPS: Readonly<Record<VmaKind, readonly Region['map'][]>> = {
  none: ['pages'],
  anon: ['pages', 'huge', 'huge-zero', 'huge-shared'],
  'file-shared': ['pages'],
  'file-private': ['pages'],
  dax: ['pages', 'huge'],
  'hugetlb-private': ['pages', 'huge', 'huge-shared'],
  'hugetlb-shared': ['pages', 'huge', 'pmd-shared'],
  shmem: ['pages', 'huge'],
};

/** The kind of file that must be behind a mapping; undefined when its pages are the mm's own. */
export function fileBehind(vma: VmaKind): FileKind | undefined {
  switch (vma) {
    case 'file-shared':
    case 'file-private':
      return 'page-cache';
    case 'dax':
      return 'dax';
    case 'hugetlb-shared':
      return 'hugetlbfs';
    case 'shmem':
      return 'shmem';
    case 'none':
    case 'anon':
    case 'hugetlb-private':
      return undefined;
  }
}

/** Ways of a device to follow the page table, the ordinary one first. */
export const SUBSCRIBERS: readonly SubscriberKind[] = ['sva', 'kvm', 'interval', 'legacy', 'pin'];

export const LIMITS = {
  mms: 2,
  files: 5,
  /** Frames for the allocator. */
  frames: 32,
  swapSlots: 8,
  cpus: 4,
  devices: 2,
  /** Operations of one thread. */
  operations: 16,
  /** Operations that write, in all: each leaves a value of its own. */
  writes: 28,
  segments: 100_000,
  /** Characters of a step path. */
  path: 1000,
} as const;

/** The region and the same one of the other mm can share a huge page: `huge-shared` needs both. */
export function sharesHuge(region: Region, other: Region | undefined): boolean {
  return region.map === 'huge-shared' && other?.map === 'huge-shared' && other.vma === region.vma;
}

/**
 * Both mms can share the table of PMDs of the PUD region of `r`: each maps the whole of it with one vma, the same part of a
 * file, with the same rights, and what is mapped there is mapped in both.
 */
export function sharesPmdTable(mms: readonly (readonly Region[])[], r: number): boolean {
  if (mms.length < 2) return false;
  const first = r - (r % PMDS_PER_PUD);
  const files = mms[0][first]?.file ?? 0;
  return mms.every((regions) =>
    regions.slice(first, first + PMDS_PER_PUD).every((region, i) => {
      const same = mms[0][first + i];
      return (
        region.vma === 'hugetlb-shared' &&
        region.file === files + i &&
        region.map === same.map &&
        region.map !== 'huge' &&
        region.writable === mms[0][first].writable
      );
    }),
  );
}

/** A page that is this mm's own: nobody else brings its frame. */
const OWN_FRAME: readonly PageState[] = ['page', 'clean', 'lazyfree'];

/**
 * Frames that are in use when the case begins, at most: every page of the files counts. Huge pages take aligned blocks,
 * and base pages fill the blocks that are begun, so at most one block is partly used.
 */
export function framesNeeded(world: World): number {
  let blocks = world.files.length;
  let base = 0;
  let shared = 0;
  for (const region of world.mms.flat()) {
    const own = fileBehind(region.vma) === undefined;
    if (region.map === 'huge' && own) blocks++;
    else if (region.map === 'huge-shared') blocks += 1 / 2;
    for (const page of region.pages) {
      if (page === 'shared') shared++;
      else if (own ? OWN_FRAME.includes(page) : region.vma === 'file-private' && page === 'written') base++;
    }
  }
  return (blocks + Math.ceil((base + shared / 2) / PTES_PER_PMD)) * PTES_PER_PMD;
}
