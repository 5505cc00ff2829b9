import { PTES_PER_PMD } from '../machine/geometry.js';
import type { Layout } from '../machine/layout.js';
import type { Case } from '../scenario/case.js';

/** How reports call agents, addresses and calls. */

/** `cpu0`, `dev1` of thread `t` when the first `cpus` threads are CPUs. */
export function agentName(t: number, cpus: number): string {
  return t < cpus ? `cpu${t}` : `dev${t - cpus}`;
}

export function cpusOf(c: Case): number {
  return c.threads.filter((t) => t.kind === 'cpu').length;
}

/** Virtual pages of each mm of the case. */
export function pagesOf(c: Case): number {
  return (c.world.mms[0]?.length ?? 0) * PTES_PER_PMD;
}

/** `mm0:3` for page 3 of mm 0. */
export function addressText(addr: number, pages: number): string {
  return `mm${Math.floor(addr / pages)}:${addr % pages}`;
}

/** `mm0:4-7`. */
export function rangeText(addr: number, count: number, layout: Layout): string {
  const first = addressText(addr, layout.pages);
  return count <= 1 ? first : `${first}-${(addr % layout.pages) + count - 1}`;
}
