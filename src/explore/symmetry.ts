import { DEVICE, THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';

/**
 * Threads with the same programs on the same mm are not told apart before their first steps: what one would do is what
 * the other would do under another name, with other tags in the values that it writes.
 */
export class Symmetry {
  private readonly start: Int32Array;
  /** Pairs of equal threads, the lower one first. */
  private readonly pairs: readonly (readonly [number, number])[];

  /** `m` stands at the start of a case. */
  constructor(private readonly m: Machine) {
    this.start = new Int32Array(m.words);
    const pairs: [number, number][] = [];
    for (let t = 0; t < m.layout.threads; t++)
      for (let u = 0; u < t; u++) if (equal(m, u, t)) pairs.push([u, t]);
    this.pairs = pairs;
  }

  /** Bit set of the threads that may take a step: of equal ones that have not begun the first alone. */
  toldApart(): number {
    let mask = -1;
    for (const [u, t] of this.pairs) if (this.atStart(t) && this.atStart(u)) mask &= ~(1 << t);
    return mask;
  }

  /** Nothing of the thread's program has run, and it caches nothing new. */
  private atStart(t: number): boolean {
    const { layout } = this.m;
    const device = t - layout.geometry.cpus;
    return (
      this.same(layout.threadAt(t), layout.threadSize) &&
      this.same(layout.tlbAt(t), layout.tlbSize) &&
      this.same(layout.walkCacheAt(t), layout.walkCacheAt(1) - layout.walkCacheAt(0)) &&
      (device < 0 || this.same(layout.deviceAt(device), DEVICE.SIZE))
    );
  }

  private same(from: number, count: number): boolean {
    for (let i = from; i < from + count; i++) if (this.m.words[i] !== this.start[i]) return false;
    return true;
  }
}

function equal(m: Machine, a: number, b: number): boolean {
  const { cpus } = m.layout.geometry;
  if (a < cpus !== b < cpus) return false;
  if (m.words[m.layout.threadAt(a) + THREAD.MM] !== m.words[m.layout.threadAt(b) + THREAD.MM]) return false;
  const p = m.programs[a];
  const q = m.programs[b];
  return (
    p.length === q.length &&
    p.every(
      (x, i) =>
        x.name === q[i].name &&
        x.choices === q[i].choices &&
        x.args.length === q[i].args.length &&
        x.args.every((v, k) => v === q[i].args[k]),
    )
  );
}
