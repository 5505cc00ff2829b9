import { Prng } from '../../src/base/prng.js';
import type { Job, JobModule, Recipe, Shrunk } from '../../src/campaign/job.js';
import type { Finding, FindingClass } from '../../src/run/finding.js';
import type { Lab, Tally } from '../../src/run/lab.js';
import type { Case } from '../../src/scenario/case.js';

/** A finding of the fake kernel. */
export function fakeFinding(
  site: string,
  over: Partial<{ class: FindingClass; quirk: string; operations: number }> = {},
): Finding {
  const calls = Array.from({ length: over.operations ?? 1 }, (_, i) => ({
    name: 'munmap',
    args: [i, 1],
    choices: [],
  }));
  const c: Case = {
    world: { mms: [[]], files: [], frames: 8, swapSlots: 0 },
    hardware: over.quirk === undefined ? {} : { 'dirty-bit': over.quirk },
    threads: [{ kind: 'cpu', mm: 0, operations: calls }],
    schedule: [],
  };
  return {
    class: over.class ?? 'candidate-only',
    violation: {
      kind: 'stale-read',
      site,
      agent: 'device',
      thread: 1,
      addr: 0,
      step: 3,
      text: 'a read',
      opened: 1,
    },
    case: c,
    candidate: 'fake',
    reference: 'right',
    searched: 0,
    rates: { schedules: 1, candidate: 1, reference: 0 },
  };
}

/** How often the fake kernel fails, one case in so many. */
const RARITY = 40;

/** A kernel whose cases fail now and then, at sites a to g, by chance of the seed alone. */
export class FakeJob implements Job {
  readonly lab = {} as Lab;
  readonly candidate = { name: 'fake', era: '4.13-4.14', cowReuse: 'mapcount', edits: [] };
  readonly reference = { name: 'right', era: '4.13-4.14', cowReuse: 'mapcount', edits: [] };
  readonly stepNames = Array.from({ length: 50 }, (_, i) => `op:${i} do`);
  private steps = new Float64Array(50);
  private stepFirst = new Int32Array(50).fill(-1);
  private attempts = 0;

  constructor(private readonly recipe: Recipe) {}

  draw(seeds: readonly string[]): Case {
    return this.find(seeds.join(' ')).case;
  }

  private find(seed: string): Finding {
    const prng = new Prng(`${seed} what`);
    const operations = 2 + prng.below(6);
    const site = prng.pick([...'abcdefg']);
    const odd = prng.chance(0.3);
    const cls = prng.chance(0.2) ? 'both' : 'candidate-only';
    return fakeFinding(site, { class: cls, operations, ...(odd ? { quirk: 'late' } : {}) });
  }

  /** A step is the rarer the higher its number. A variant may do what the case did that it was made of. */
  tryCase(seeds: readonly string[]): ReturnType<Job['tryCase']> {
    const seed = seeds.join(' ');
    const prng = new Prng(seed);
    const again = seeds.length > 1 && prng.chance(0.5) ? new Prng(seeds[0]) : prng;
    const step = again.weighted(this.stepNames.map((_, i) => (i < 40 ? 100 : 1)));
    this.steps[step]++;
    if (this.stepFirst[step] < 0) this.stepFirst[step] = this.attempts;
    this.attempts++;
    const fails = this.recipe.mutes.length > 0 && prng.below(RARITY) === 0;
    return { steps: 10, inconclusive: false, finding: fails ? this.find(seed) : undefined };
  }

  /** What happened at g was timing. */
  confirm(finding: Finding): Finding | undefined {
    return finding.violation.site === 'g' ? undefined : { ...finding, searched: this.recipe.search };
  }

  shrink(finding: Finding, tries: number, stopped: () => boolean): Shrunk {
    const smaller = fakeFinding(finding.violation.site, {
      class: finding.class,
      operations: 2,
      ...('dirty-bit' in finding.case.hardware ? { quirk: 'late' } : {}),
    });
    return stopped()
      ? { finding, tried: 0, capped: false, minimal: false, stopped: true }
      : { finding: smaller, tried: tries, capped: false, minimal: true, stopped: false };
  }

  render(finding: Finding): ReturnType<Job['render']> {
    const hash = '0123456789abcdef';
    return {
      trace: `trace ${finding.violation.site}\n`,
      readme: '# found\n',
      traceHash: { candidate: hash, reference: hash },
    };
  }

  tally(): Tally {
    return {
      steps: this.steps.slice(),
      stepFirst: this.stepFirst.slice(),
      pairs: [],
      asked: [],
      reference: [],
    };
  }

  sitesIn(): number {
    return 1;
  }

  unreached(): readonly string[] {
    return [];
  }

  explore(): never {
    throw new Error('a fake job explores nothing');
  }

  resetCoverage(): void {
    this.steps.fill(0);
    this.stepFirst.fill(-1);
    this.attempts = 0;
  }
}

export const fakeModule: JobModule = { openJob: (recipe) => Promise.resolve(new FakeJob(recipe)) };

export const broken: Recipe = {
  candidate: 'fake',
  reference: 'right',
  mutes: ['x'],
  operations: [],
  hardware: 'default',
  strategy: 'mixed',
  search: 5,
};
export const clean: Recipe = { ...broken, mutes: [] };
