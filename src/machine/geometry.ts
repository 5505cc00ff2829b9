/**
 * The size of one case's world. The address space is scaled down: a PUD region has 2 PMDs, a PMD has 4 PTEs, so a huge
 * page is 4 base pages, and a page has 2 words of content.
 */
export interface Geometry {
  /** Address spaces, 1 or 2. */
  readonly mms: number;
  /** PUD regions an mm, 1 or 2. */
  readonly puds: number;
  /** CPU threads, 1 to 4. */
  readonly cpus: number;
  /** Devices, 0 to 2, each an agent of its own. */
  readonly devices: number;
  /** Page frames that the allocator hands out. */
  readonly frames: number;
  /** Pages of the world's files, a multiple of 4. */
  readonly filePages: number;
  /** Swap slots. */
  readonly swapSlots: number;
  /** IOMMUs cache translations of their own. */
  readonly iotlb?: boolean;
}

export const PMDS_PER_PUD = 2;
export const PTES_PER_PMD = 4;
export const PAGE_WORDS = 2;
/** Frame 0 is the zero page; 4 to 7 are the huge zero page; the allocator starts at 8. */
export const ZERO_FRAME = 0;
export const HUGE_ZERO_FRAME = 4;
export const FIRST_FRAME = 8;

/** Virtual pages of one mm. An address is `mm * pagesPerMm + page`. */
export function pagesPerMm(g: Geometry): number {
  return g.puds * PMDS_PER_PUD * PTES_PER_PMD;
}
