import { THREAD, DEVICE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { PTES_PER_PMD } from '../machine/geometry.js';
import { isPresent, PTE } from '../kernel/entry.js';
import { keptByIommu } from '../kernel/iommu.js';
import { frameFor } from '../kernel/walk.js';

/**
 * Explains, never decides: which step left a translation behind. For each agent and address, the first change after
 * the translation was cached that took something away from it.
 */
export class Blame {
  private sites: string[] = [];
  private steps = new Int32Array(0);
  private agents = 0;
  private addresses = 0;

  begin(m: Machine): void {
    this.agents = m.layout.threads;
    this.addresses = m.layout.geometry.mms * m.layout.pages;
    const size = (this.agents + 1) * this.addresses;
    if (this.steps.length < size) {
      this.steps = new Int32Array(size);
      this.sites = new Array<string>(size).fill('');
    }
    this.steps.fill(-1);
  }

  /** The entry of `addr` changed: who caches what it no longer gives? True if somebody does. */
  changed(m: Machine, t: number, addr: number, before: number, after: number, step: number): boolean {
    const site = m.code.info(m.words[m.layout.threadAt(t) + THREAD.PC]).site;
    const L = m.layout;
    const mm = addr >> L.pagesShift;
    const page = addr & (L.pages - 1);
    this.note(this.agents, addr, site, step);
    let left = false;
    for (let u = 0; u < this.agents; u++) {
      if (m.words[L.threadAt(u) + THREAD.MM] !== mm) continue;
      const tlb = L.tlbAt(u);
      let e = m.words[tlb + page];
      if (e === 0) e = m.words[tlb + L.pages + ((page / PTES_PER_PMD) | 0)]!;
      if (e === 0 && u >= L.geometry.cpus) {
        const d = L.deviceAt(u - L.geometry.cpus);
        if (m.words[d + DEVICE.POST_AT] === addr + 1) e = m.words[d + DEVICE.POST_ENTRY]!;
        else if (m.words[d + DEVICE.WALK_AT] === addr + 1) e = m.words[d + DEVICE.WALK_ENTRY]!;
      }
      if (e === 0) e = keptByIommu(m, u, addr);
      if (e === 0) continue;
      if (!grants(before, e, addr) || grants(after, e, addr)) continue;
      left = true;
      this.note(u, addr, site, step);
    }
    return left;
  }

  private note(agent: number, addr: number, site: string, step: number): void {
    const i = agent * this.addresses + addr;
    this.sites[i] = site;
    this.steps[i] = step;
  }

  /** What to blame for agent `t` at `addr`: its own translation's end, else the last change of the entry. */
  of(m: Machine, t: number, addr: number): { site: string; step: number } {
    if (addr < 0) {
      const info = m.code.info(m.words[m.layout.threadAt(Math.max(t, 0)) + THREAD.PC]);
      return { site: info.site, step: -1 };
    }
    const own = t < 0 ? -1 : this.steps[t * this.addresses + addr];
    const i = own >= 0 ? t * this.addresses + addr : this.agents * this.addresses + addr;
    return this.steps[i] < 0 ? { site: '', step: -1 } : { site: this.sites[i], step: this.steps[i] };
  }
}

function grants(entry: number, e: number, addr: number): boolean {
  return (
    isPresent(entry) &&
    frameFor(entry, addr) === frameFor(e, addr) &&
    ((e & PTE.WRITE) === 0 || (entry & PTE.WRITE) !== 0)
  );
}
