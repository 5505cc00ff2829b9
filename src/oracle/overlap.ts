import { THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';

/**
 * Explains, never decides: which pairs of program operations were in flight on one page at the same time, and how
 * often, over many runs.
 */
export class Overlap {
  private readonly counts = new Map<string, number>();
  private threads = 0;
  /** Threads whose operation in flight touched the page, by address. */
  private on = new Int32Array(0);
  /** Pairs met in this run, as bits of thread pairs and operations, are counted once an address. */
  private m: Machine | undefined;

  get size(): number {
    return this.counts.size;
  }

  begin(m: Machine): void {
    this.m = m;
    const total = m.layout.geometry.mms * m.layout.pages;
    if (this.on.length < total) this.on = new Int32Array(total);
    this.on.fill(0);
    this.threads = m.layout.threads;
  }

  /** Thread t's operation looks at, or changes, the entry of `addr`. */
  touched(t: number, addr: number): void {
    const bit = 1 << t;
    const there = this.on[addr];
    if ((there & bit) !== 0) return;
    this.on[addr] = there | bit;
    if (there === 0) return;
    for (let u = 0; u < this.threads; u++) if ((there & (1 << u)) !== 0) this.count(t, u);
  }

  private count(t: number, u: number): void {
    const a = this.nameOf(t);
    const b = this.nameOf(u);
    const key = a < b ? `${a} + ${b}` : `${b} + ${a}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  private nameOf(t: number): string {
    const m = this.m!;
    return m.programs[t][m.words[m.layout.threadAt(t) + THREAD.OP]]?.name ?? '';
  }

  /** Thread t's operation returned. */
  left(t: number): void {
    for (let i = 0; i < this.on.length; i++) this.on[i] &= ~(1 << t);
  }

  pairs(): Map<string, number> {
    return new Map(this.counts);
  }

  reset(): void {
    this.counts.clear();
  }
}
