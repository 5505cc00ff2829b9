import { Command } from 'commander';

import { exploreOn, type ExplorationPlan, type Progress } from '../campaign/exploration.js';
import type { Recipe } from '../campaign/job.js';
import { workerThreads, type Workforce } from '../campaign/workforce.js';
import { DEFAULT_BOUNDS, REDUCED, UNREDUCED } from '../explore/bounds.js';
import { conclude, type Pair, type Shown } from '../explore/conclusion.js';
import { outcomesOf } from '../explore/outcomes.js';
import { witnessOf } from '../explore/witness.js';
import { hardwareText, programLines, worldLines } from '../report/case-text.js';
import { violationSentence } from '../report/sentence.js';
import { renderTrace } from '../report/trace-text.js';
import { ExitCode } from './exit-codes.js';
import { boundsText, totalOf, totalText } from './explore-text.js';
import { workersOf } from './fuzz-options.js';
import { absoluteModel } from './load-model.js';
import { parseCount, showCount } from './numbers.js';
import { openCase, type OpenCase } from './open-case.js';
import { callables } from './trade.js';

interface ExploreOptions {
  readonly model?: string;
  readonly reference?: string;
  readonly preemptions?: string;
  readonly outcomes: string;
  readonly states: string;
  readonly workers?: string;
  readonly reduction: boolean;
  readonly trace?: boolean;
}

const TELL_EVERY = 10_000;

export function exploreCommand(): Command {
  return new Command('explore')
    .description('run every interleaving of a small case on both models')
    .argument('<file>', 'case file, or directory of a finding; its schedule is left aside')
    .option('--model <model>', "explore this candidate instead of the file's")
    .option('--reference <model>', "compare with this reference instead of the file's")
    .option(
      '--preemptions <n>',
      'switches away from a thread that could go on, on one path (default: any number)',
    )
    .option(
      '--outcomes <n>',
      'choices (a failed allocation …) that go the unusual way in one run, at most',
      '0',
    )
    .option('--states <n>', 'states that are kept, at most', String(DEFAULT_BOUNDS.states))
    .option('--workers <n>', 'worker threads (default: one a core)')
    .option(
      '--no-reduction',
      'tell equal threads apart, and try every order of steps, also where it makes no difference',
    )
    .option('--trace', 'print the interleaving of each verdict')
    .action(async (file: string, options: ExploreOptions) => {
      process.exitCode = await run(file, options);
    });
}

async function run(file: string, options: ExploreOptions): Promise<ExitCode> {
  const plan: ExplorationPlan = {
    bounds: {
      ...DEFAULT_BOUNDS,
      states: parseCount('--states', options.states, 1000, 200_000_000),
      preemptions:
        options.preemptions === undefined
          ? Infinity
          : parseCount('--preemptions', options.preemptions, 0, 60),
    },
    reductions: options.reduction ? REDUCED : UNREDUCED,
    outcomes: false,
  };
  const unusual = parseCount('--outcomes', options.outcomes, 0, 4);
  const workers = workersOf(options);
  const open = await openCase(file, options);
  const recipe = recipeOf(open, options);
  const workforce = workerThreads(workers, new URL('./trade.js', import.meta.url).href, recipe, recipe);
  const out: string[] = describe(open);
  try {
    const cases = outcomesOf({ ...open.case, schedule: [] }, callables, unusual);
    const pairs: Pair[] = [];
    for (const c of cases)
      pairs.push(await explorePair(workforce, c, plan, `${pairs.length + 1}/${cases.length}`));
    const totals = [totalOf(pairs.map((p) => p.candidate)), totalOf(pairs.map((p) => p.reference))];
    out.push(`candidate ${open.candidate.name}: ${totalText(totals[0])}`);
    out.push(`reference ${open.reference.name}: ${totalText(totals[1])}`);
    const shown = conclude(pairs);
    for (const s of shown) out.push('', ...verdictLines(open, s, options.trace === true));
    if (shown.length === 0) out.push('no verdict on either model');
    const total = {
      ...totals[0],
      complete: totals.every((t) => t.complete),
      omission: totals[0].omission + totals[1].omission,
    };
    out.push('', boundsText(plan.bounds, unusual, cases.length, total));
    process.stdout.write(`${out.join('\n')}\n`);
    if (shown.some((s) => s.class === 'candidate-only')) return ExitCode.Findings;
    return total.complete ? ExitCode.Clean : ExitCode.ProvesNothing;
  } finally {
    await workforce.close();
  }
}

function recipeOf(open: OpenCase, options: ExploreOptions): Recipe {
  return {
    candidate: absoluteModel(options.model ?? open.candidate.name, process.cwd()),
    reference: absoluteModel(options.reference ?? open.reference.name, process.cwd()),
    mutes: [],
    operations: [],
    hardware: 'conforming',
    strategy: 'mixed',
    search: 0,
  };
}

async function explorePair(
  workforce: Workforce,
  c: Pair['case'],
  plan: ExplorationPlan,
  which: string,
): Promise<Pair> {
  const side = (name: 'candidate' | 'reference'): Promise<Pair['candidate']> =>
    exploreOn(workforce, c, name, plan, teller(`${which} ${name}`));
  const candidate = await side('candidate');
  return { case: c, candidate, reference: await side('reference') };
}

/**
 * Progress goes to stderr, when there is some. How much is left nobody knows: each branch that is still to be tried is taken
 * to bring as many new states as those of its depth did of late (explore/growth).
 */
function teller(what: string): (p: Progress) => void {
  const began = Date.now();
  let told = began;
  return ({ states, done }) => {
    const now = Date.now();
    if (now - told < TELL_EVERY) return;
    told = now;
    const rate = Math.round(states / ((now - began) / 1000));
    process.stderr.write(
      `${what}: ${showCount(states)} states, ${showCount(rate)} a second, perhaps ${(100 * done).toFixed(0)} % of all (if later branches bring as much as those before)\n`,
    );
  };
}

function describe(open: OpenCase): string[] {
  return [
    `${open.path}, on ${hardwareText(open.case)}`,
    ...worldLines(open.case).map((line) => `  ${line}`),
    ...programLines(open.case, callables).map((line) => `  ${line}`),
  ];
}

function verdictLines(open: OpenCase, s: Shown, trace: boolean): string[] {
  const side = s.class === 'reference-only' ? 'reference' : 'candidate';
  const c = witnessOf(open.lab, side, s.case, s.key, s.path);
  const finding = open.lab.judge(c, 0);
  const violation = open.lab.replay(c, side).violation ?? s.violation;
  const lines = [`${s.class}: ${violationSentence(violation, c)}`, `  ${c.schedule.length} segments`];
  if (trace && finding !== undefined) lines.push(renderTrace({ ...finding, class: s.class }, open.lab));
  return lines;
}
