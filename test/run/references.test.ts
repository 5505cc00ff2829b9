import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { frameOf, isHuge, isPresent, KIND_DEVICE_PRIVATE, kindOf, PTE } from '../../src/kernel/entry.js';
import { PG } from '../../src/kernel/page.js';
import { PTES_PER_PMD } from '../../src/machine/geometry.js';
import { FILE, FRAME, TABLE, THREAD } from '../../src/machine/layout.js';
import type { Machine } from '../../src/machine/machine.js';
import { existsIn } from '../../src/program/kernel-version.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Case } from '../../src/scenario/case.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { strategyNamed } from '../../src/schedule/strategies.js';

const CASES = 1200;

/** Who keeps a reference for good: a hardware error, and the warned-about case in which reclaim loses its place. */
const KEEPS = ['memory_failure', 'memory_failure_hugetlb', 'swapbacked-mismatch'];
const keeps = (c: Case): boolean =>
  c.threads.some(({ operations }) =>
    operations.some(({ name, choices }) => [name, ...choices].some((word) => KEEPS.includes(word))),
  );

/** Per frame: how many PTEs and PMD entries map it, and what else holds a reference, the head's for a compound page. */
class Holders {
  readonly ptes: number[];
  readonly pmds: number[];
  readonly references: number[];

  constructor(private readonly m: Machine) {
    const { layout: L, words: w } = m;
    const none = (): number[] => new Array<number>(L.geometry.frames).fill(0);
    [this.ptes, this.pmds, this.references] = [none(), none(), none()];
    for (let t = 0; t < L.tablesCount; t++)
      for (let k = 0; k < PTES_PER_PMD; k++)
        this.entry(w[L.tableAt(t) + TABLE.KIND], w[L.tableAt(t) + TABLE.ENTRY + k]);
    const cached = new Set<number>();
    for (let i = 0; i < L.geometry.filePages; i++) cached.add(w[L.fileAt(i) + FILE.CACHE] - 1);
    const heads = new Set([...cached].filter((f) => f >= 0).map((f) => this.headOf(f)));
    for (const head of heads) this.references[head]++;
    for (let f = 0; f < L.geometry.frames; f++)
      if (w[L.frameAt(f) + FRAME.SWAP] > 0 && this.headOf(f) === f) this.references[f]++;
    for (let t = 0; t < L.threads; t++) {
      const pin = w[L.threadAt(t) + THREAD.PIN_ENTRY];
      if (pin !== 0) this.references[this.headOf(frameOf(pin))]++;
    }
  }

  headOf(frame: number): number {
    const head = this.m.words[this.m.layout.frameAt(frame) + FRAME.HEAD];
    return head === 0 ? frame : head - 1;
  }

  private entry(table: number, e: number): void {
    const maps = isPresent(e) || kindOf(e) === KIND_DEVICE_PRIVATE;
    if (table === 0 || !maps || (e & PTE.SPECIAL) !== 0 || (table === 2 && !isHuge(e))) return;
    const frame = frameOf(e);
    if (table === 2) this.pmds[this.headOf(frame)]++;
    else this.ptes[frame]++;
    this.references[this.headOf(frame)]++;
  }
}

/** Frames in use whose counts are not those of their holders. Nobody counts DAX pages and the zero pages. */
function miscounted(m: Machine): readonly string[] {
  const { layout: L, words: w } = m;
  const holders = new Holders(m);
  const out: string[] = [];
  for (let f = 0; f < L.geometry.frames; f++) {
    const at = L.frameAt(f);
    const head = holders.headOf(f);
    if (w[at + FRAME.KIND] === 0 || (w[L.frameAt(head) + FRAME.FLAGS] & PG.RESERVED) !== 0) continue;
    const say = (what: string, field: number, count: number): void => {
      if (w[at + field] !== count) out.push(`frame ${f}: ${what} ${w[at + field]} for ${count}`);
    };
    say('mapcount', FRAME.MAP, holders.ptes[f]);
    if (head !== f) continue;
    say('compound mapcount', FRAME.CMAP, holders.pmds[f]);
    // a huge page in the page cache counts once for each of its pages, or once in all: the holders are as many
    say('refcount', FRAME.REF, holders.references[f]);
  }
  return out;
}

test.each(models.map((m) => m.name))(
  '%s: when everybody has returned, every page has the references and mappings that are there',
  (name) => {
    const model = models.find((m) => m.name === name)!;
    const bench = new Laboratory(callables, model, model).bench('candidate');
    const known = callables.filter((c) => existsIn(c, model.kernel));
    const generate = caseGenerator(known, { hardware: 'conforming' });
    let ended = 0;
    for (let i = 0; i < CASES; i++) {
      const prng = new Prng(`references/${i}`);
      const c = generate(prng);
      if (keeps(c)) continue;
      const m = bench.prepare(c);
      const { inconclusive, memory } = bench.run(m, strategyNamed('mixed').make(prng));
      if (inconclusive || memory.violation !== undefined) continue;
      ended++;
      expect([i, ...miscounted(m)]).toEqual([i]);
    }
    expect(ended).toBeGreaterThan(CASES / 2);
  },
  60_000,
);
