import type { Code } from '../program/lower.js';
import { noLooks, type Hook, type Oracle } from '../oracle/oracle.js';
import type { Coverage } from './lab.js';
import type { Workbench } from './workbench.js';

/** Reads what the candidate's runs reached: steps by path, pairs of operations on a page, questions to oracles. */
export class CoverageMeter {
  constructor(
    private readonly code: Code,
    private readonly bench: Workbench,
    private readonly oracles: readonly Oracle[],
  ) {}

  coverage(): Coverage {
    const steps = new Map<string, number>();
    const { hits } = this.bench.recorder;
    this.code.instructions.forEach((i, pc) => {
      if (!i.visible || pc === 0 || hits[pc] === 0) return;
      const key = `${i.info.program} ${i.info.path}`;
      steps.set(key, (steps.get(key) ?? 0) + hits[pc]);
    });
    const { overlap, looks } = this.bench.memory;
    const askedOf = (o: Oracle): number =>
      (Object.keys(looks) as Hook[]).reduce((n, hook) => n + (o[hook] === undefined ? 0 : looks[hook]), 0);
    return {
      steps,
      pairs: overlap.pairs(),
      asked: new Map(this.oracles.map((o) => [o.name, askedOf(o)])),
    };
  }

  slotHits(site: string, slot: string): number {
    const { hits } = this.bench.recorder;
    return this.code.instructions.reduce(
      (n, i, pc) => n + (i.info.site === site && i.info.slot === slot ? hits[pc] : 0),
      0,
    );
  }

  reset(): void {
    this.bench.recorder.hits.fill(0);
    this.bench.memory.overlap.reset();
    Object.assign(this.bench.memory.looks, noLooks());
  }

  reached(): number {
    let n = 0;
    const { hits } = this.bench.recorder;
    for (let i = 0; i < hits.length; i++) if (hits[i] !== 0) n++;
    return n + this.bench.memory.overlap.size;
  }
}
