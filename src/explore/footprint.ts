import { assert } from '../base/assert.js';
import { step } from '../machine/execute.js';
import { DEVICE, MM, TABLE, THREAD, type Layout } from '../machine/layout.js';
import { MAX_OPERATIONS, type Machine } from '../machine/machine.js';
import type { LockUse } from '../program/primitive.js';
import { READS, RELEASES, SHARES, TAKES, WRITES } from './futures.js';

const LOCK_USES: Readonly<Record<LockUse, number>> = { share: SHARES, take: TAKES, release: RELEASES };

/** The words that a step used, how (see futures.ts), and what they were before it. */
export interface Footprint {
  readonly words: Int32Array;
  readonly uses: Uint8Array;
  readonly values: Int32Array;
  /** The thread did not wait. */
  readonly went: boolean;
  /** By where the other threads are: see Alone. */
  readonly alone: Map<number, boolean>;
}

/** Footprints that are kept of one instruction in one operation of one thread, the one that was met last first. */
const KEPT = 24;

/**
 * Hot. Measures which words a step uses: it runs on words that note each access. A word that is written with the value that
 * it has counts as read, since the order with other readers does not matter. What a step does follows from the words that
 * it reads, so that one that finds the words of an earlier one as they were then has its footprint, and is not measured.
 */
export class Footprints {
  /** The footprint of the last step is new. */
  fresh = false;
  private readonly known = new Map<number, Footprint[]>();
  private readonly touched: Int32Array;
  private readonly before: Int32Array;
  private count = 0;
  private readonly uses: Uint8Array;
  private readonly locks: Uint8Array;
  private readonly real: Int32Array;
  private readonly noting: Int32Array;

  constructor(private readonly m: Machine) {
    this.real = m.words;
    this.uses = new Uint8Array(m.words.length);
    this.touched = new Int32Array(m.words.length);
    this.before = new Int32Array(m.words.length);
    this.locks = lockWords(m.layout);
    this.noting = this.watched();
  }

  /** The last footprint that the next step of thread `t` had. */
  last(t: number): Footprint | undefined {
    return this.known.get(this.key(t))?.[0];
  }

  /** Runs the next step of thread `t` (see machine/execute); its footprint. */
  step(t: number): Footprint {
    const key = this.key(t);
    let list = this.known.get(key);
    if (list === undefined) this.known.set(key, (list = []));
    const { real } = this;
    for (let i = 0; i < list.length; i++) {
      const had = list[i];
      if (!fits(had, real)) continue;
      if (i > 0) {
        list.splice(i, 1);
        list.unshift(had);
      }
      this.fresh = false;
      step(this.m, t);
      return had;
    }
    const measured = this.measure(t);
    this.fresh = true;
    list.unshift(measured);
    if (list.length > KEPT) list.pop();
    return measured;
  }

  private key(t: number): number {
    const { layout } = this.m;
    const at = layout.threadAt(t);
    return (this.real[at + THREAD.PC] * layout.threads + t) * MAX_OPERATIONS + this.real[at + THREAD.OP];
  }

  private measure(t: number): Footprint {
    const { m } = this;
    const head = m.code.instructions[this.real[m.layout.threadAt(t) + THREAD.PC]];
    this.count = 0;
    m.words = this.noting;
    let went: boolean;
    try {
      went = step(m, t);
    } finally {
      m.words = this.real;
    }
    const lock = head.idle ? undefined : head.primitive?.lock;
    if (lock !== undefined) this.nameLocks(LOCK_USES[lock], went);
    return this.take(went);
  }

  /** A step that went on used the locks that it wrote as locks; one that waits, those that it looked at. */
  private nameLocks(use: number, went: boolean): void {
    for (let i = 0; i < this.count; i++) {
      const word = this.touched[i];
      if (this.locks[word] === 0) continue;
      if (!went || (this.uses[word] & WRITES) !== 0) this.uses[word] = use;
    }
  }

  /** What was noted, which is then forgotten. */
  private take(went: boolean): Footprint {
    const { count } = this;
    const words = this.touched.slice(0, count);
    const uses = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      uses[i] = this.uses[words[i]];
      this.uses[words[i]] = 0;
    }
    return { words, uses, values: this.before.slice(0, count), went, alone: new Map() };
  }

  private note(word: number, use: number): void {
    if (this.uses[word] === 0) {
      this.touched[this.count] = word;
      this.before[this.count++] = this.real[word];
    }
    this.uses[word] |= use;
  }

  private watched(): Int32Array {
    const fill = (value: number, from: number, to: number): void => {
      for (let i = from; i < to; i++) this.note(i, this.real[i] === value ? READS : WRITES);
      this.real.fill(value, from, to);
    };
    return new Proxy(this.real, {
      get: (words, key) => {
        const index = Number(key);
        if (index >= 0) {
          this.note(index, READS);
          return words[index];
        }
        assert(
          key === 'fill',
          `a step uses ${String(key)} of the words; footprints know single words and fill`,
        );
        return fill;
      },
      set: (words, key, value: number) => {
        const index = Number(key);
        this.note(index, words[index] === value ? READS : WRITES);
        words[index] = value;
        return true;
      },
    });
  }
}

function fits({ words, values }: Footprint, now: Int32Array): boolean {
  for (let i = 0; i < words.length; i++) if (now[words[i]] !== values[i]) return false;
  return true;
}

/** 1 for the words that are locks. */
function lockWords(L: Layout): Uint8Array {
  const out = new Uint8Array(L.size);
  for (let i = 0; i < L.geometry.mms; i++) out[L.mmAt(i) + MM.MMAP] = 1;
  for (let i = 0; i < L.tablesCount; i++) out[L.tableAt(i) + TABLE.LOCK] = 1;
  for (let i = 0; i < L.geometry.devices; i++) out[L.deviceAt(i) + DEVICE.LOCK] = 1;
  out.fill(1, L.anonVma, L.hugetlbFault);
  return out;
}
