/**
 * Hot. The set of states of several workers: one table of fixed size in shared memory. Who adds a state explores it;
 * nobody waits for long (A. Laarman, J. van de Pol, M. Weber, "Boosting multi-core reachability performance with shared
 * hash tables", FMCAD 2010: the scheme without its buckets).
 */
export class SharedStateSet {
  private readonly slots: Int32Array;
  private readonly count: Int32Array;
  private readonly mask: number;

  /** `table`: made by {@link sharedTable}. */
  constructor(table: SharedArrayBuffer) {
    this.count = new Int32Array(table, 0, HEADER);
    this.slots = new Int32Array(table, HEADER * 4);
    this.mask = this.slots.length / 2 - 1;
  }

  get size(): number {
    return Atomics.load(this.count, 0);
  }

  get full(): boolean {
    return this.size >= this.count[1];
  }

  /** Adds the state of this hash. False when somebody has it already. */
  add(lo: number, hi: number): boolean {
    // Zero means free, in either half.
    const a = lo === 0 ? 1 : lo;
    const b = hi === 0 ? 1 : hi;
    const { slots, mask } = this;
    let i = (Math.imul(a, 0x9e3779b1) ^ b) & mask;
    for (;;) {
      const x = Atomics.compareExchange(slots, 2 * i, 0, a);
      if (x === 0) {
        Atomics.store(slots, 2 * i + 1, b);
        Atomics.add(this.count, 0, 1);
        return true;
      }
      if (x === a && this.second(i) === b) return false;
      i = (i + 1) & mask;
    }
  }

  /** The other half of a slot; its owner writes it right after the first one. */
  private second(i: number): number {
    for (;;) {
      const y = Atomics.load(this.slots, 2 * i + 1);
      if (y !== 0) return y;
    }
  }
}

const HEADER = 2;

/** Memory for `most` states: 16 to 32 bytes each. */
export function sharedTable(most: number): SharedArrayBuffer {
  const slots = 2 ** Math.ceil(Math.log2(Math.max(most, 1024) * 1.25));
  const table = new SharedArrayBuffer(4 * (HEADER + 2 * slots));
  new Int32Array(table)[1] = most;
  return table;
}
