import { randomBytes } from 'node:crypto';
import { Command } from 'commander';

import type { Recipe } from '../campaign/job.js';
import type { CampaignResult } from '../campaign/records.js';
import { judgeSeries, patched, type Runs } from '../campaign/judge-series.js';
import { exploreSmallWorlds, type SmallWorlds } from '../campaign/small-worlds.js';
import { readPatch } from '../campaign/read-patch.js';
import { openSourceTree } from '../campaign/source-tree.js';
import { prepareCampaign } from '../campaign/start.js';
import { workerThreads } from '../campaign/workforce.js';
import { Prng } from '../base/prng.js';
import { callersOf, differingSteps, editedOperation } from '../patch/difference.js';
import { FORMATS, formatNamed } from '../patch/formats.js';
import type { Placement } from '../patch/placement.js';
import { placeSeries } from '../patch/place-series.js';
import type { PatchSeries } from '../patch/series.js';
import type { SeriesVerdict } from '../patch/verdict.js';
import { printEdits } from '../program/edit-listing.js';
import { existsIn } from '../program/kernel-version.js';
import { Laboratory } from '../run/laboratory.js';
import { caseGenerator } from '../scenario/generate.js';
import type { Case } from '../scenario/case.js';
import { parseDuration } from './duration.js';
import { workersOf } from './fuzz-options.js';
import { knownSignatures } from './known-findings.js';
import { parseCount } from './numbers.js';
import { patchBytes } from './patch-bytes.js';
import { judgeRepro } from './repro.js';
import { callables, canaryRecipe, openJob, register, vocabulary } from './trade.js';
import { saver } from './save-findings.js';
import { validateExitCode } from './validate-exit.js';
import { version } from './version.js';
import { worthOf } from './worth.js';

interface ValidateOptions {
  readonly tree?: string;
  readonly base?: string;
  readonly budget: string;
  readonly cases?: string;
  readonly hardware: string;
  readonly known?: string;
  readonly repro?: string;
  readonly format: string;
  readonly crashes: string;
  readonly save: boolean;
  readonly seed?: string;
  readonly workers?: string;
}

/** Schedules of the base that are tried before a patch is blamed. */
const SEARCH = 200;
/** How much more often operations that reach an edited function are drawn. */
const AIM = 12;
/** Of the budget, for exhaustive exploration. */
const EXPLORE_SHARE = 0.2;
const WORLDS = 40;
const SMALL = { states: 60_000, preemptions: 2, depth: 4000 };

export function validateCommand(): Command {
  return new Command('validate')
    .description(
      'judge a patch: places its hunks in the model of a kernel, fuzzes and explores what it changes',
    )
    .argument('<patch...>', 'diffs, format-patch mails or mboxes; - for stdin')
    .option(
      '--tree <dir>',
      'kernel source tree that the patch applies to: functions and branches are read from it',
    )
    .option(
      '--base <model>',
      'the kernel that the patch is for (default: the one that fits its context best)',
    )
    .option('--budget <time>', 'time for fuzzing and exploring', '2m')
    .option('--cases <n>', 'fuzz so many cases instead; the verdict is then a function of the seed')
    .option('--hardware <set>', 'all (conforming first, then any), or conforming', 'all')
    .option('--known <dir>', 'findings that were accepted before, as saved in crash directories')
    .option('--repro <file>', 'a saved case that the patch claims to fix')
    .option('--format <name>', FORMATS.map((f) => f.name).join(', '), 'text')
    .option('--crashes <dir>', 'where findings are saved', 'crashes')
    .option('--no-save', 'save no findings')
    .option('--seed <text>', 'seed of the campaigns (default: drawn, and printed)')
    .option('--workers <n>', 'worker threads (default: one a core)')
    .action(async (patches: string[], options: ValidateOptions) => {
      process.exitCode = await validate(patches, options);
    });
}

async function validate(patches: readonly string[], options: ValidateOptions): Promise<number> {
  const plan = planOf(options);
  const known = knownSignatures(options.known);
  const series = await seriesOf(patches);
  const tree = options.tree === undefined ? undefined : await openSourceTree(options.tree);
  const placement = placeSeries(series, register.models, register.operations, options.base, tree);
  const runs = await runAll(placement, plan, options, known);
  const open = (a: Placement['model'], b: Placement['model']): Laboratory => new Laboratory(callables, a, b);
  const judged = judgeSeries(placement, runs, open);
  const repro = options.repro === undefined ? undefined : await judgeRepro(options.repro, placement);
  const verdict: SeriesVerdict = {
    ...judged,
    subjects: series.patches.map((p) => p.subject),
    ...worthOf(placement),
    repro,
  };
  process.stdout.write(plan.render(verdict));
  return validateExitCode(verdict);
}

/** The patches of all files, in the order in which they were given. */
async function seriesOf(files: readonly string[]): Promise<PatchSeries> {
  const read: PatchSeries[] = [];
  for (const file of files) read.push(await readPatch(await patchBytes(file), file === '-' ? 'stdin' : file));
  return { patches: read.flatMap((s) => s.patches) };
}

interface Plan {
  readonly seed: string;
  readonly seconds: number;
  readonly cases: number;
  readonly hardware: readonly string[];
  readonly workers: number;
  readonly render: (verdict: SeriesVerdict) => string;
}

/** Everything that can be wrong with the options is said before the patch is read. */
function planOf(options: ValidateOptions): Plan {
  const seconds = parseDuration(options.budget);
  return {
    seed: options.seed ?? randomBytes(6).toString('hex'),
    seconds,
    cases: options.cases === undefined ? Infinity : parseCount('--cases', options.cases, 100, 1e10),
    hardware: hardwareOf(options.hardware),
    workers: workersOf(options),
    render: formatNamed(options.format).render,
  };
}

function hardwareOf(name: string): readonly string[] {
  if (name === 'conforming') return ['conforming'];
  if (name === 'all') return ['conforming', 'any'];
  return [name];
}

async function runAll(
  placement: Placement,
  plan: Plan,
  options: ValidateOptions,
  known: ReadonlySet<string>,
): Promise<Runs> {
  const { base } = placement;
  const edits = placement.hunks.flatMap((h) => h.edits);
  const programs = callables.map((c) => c.operation);
  const steps = placement.hunks.map((h) =>
    h.edits.length === 0
      ? []
      : differingSteps(programs, patched(base.model, [h.edits]), base.model, h.edits).map((s) => s.name),
  );
  const canary = canaryRecipe();
  const runs = {
    steps,
    known,
    hardware: plan.hardware,
    search: SEARCH,
    seed: plan.seed,
    canary: [canary.candidate, ...canary.mutes].join('~'),
  };
  if (edits.length === 0) return { ...runs, campaigns: [], small: NO_WORLDS, spent: false };
  const aimed = callersOf(callables, new Set(edits.map(editedOperation)));
  const recipe = (hardware: string): Recipe => ({
    ...canary,
    candidate: base.model.name,
    reference: base.model.name,
    mutes: [],
    edits: printEdits(edits, vocabulary),
    emphasis: Object.fromEntries(aimed.map((name) => [name, AIM])),
    hardware,
    search: SEARCH,
  });
  const campaigns: CampaignResult[] = [];
  const share = (plan.seconds * (1 - EXPLORE_SHARE)) / plan.hardware.length;
  for (const hardware of plan.hardware)
    campaigns.push(await fuzz(recipe(hardware), plan, share, options.save ? options.crashes : undefined));
  const small = await explore(
    recipe('conforming'),
    placement,
    aimed,
    plan,
    options.save ? options.crashes : undefined,
  );
  const spent = campaigns.some((c) => c.interrupted);
  return { ...runs, campaigns, small, spent };
}

const NO_WORLDS: SmallWorlds = {
  worlds: 0,
  states: 0,
  preemptions: SMALL.preemptions,
  incomplete: 0,
  findings: [],
  directories: [],
};

async function fuzz(
  recipe: Recipe,
  plan: Plan,
  seconds: number,
  crashes: string | undefined,
): Promise<CampaignResult> {
  const jobModule = new URL('./trade.js', import.meta.url).href;
  const { campaign, workforce } = prepareCampaign({
    plan: {
      seed: plan.seed,
      cases: plan.cases,
      seconds: plan.cases === Infinity ? seconds : Infinity,
      shrinkTries: 2000,
      shrinkSeconds: 60,
      graceSeconds: 20,
      batch: 250,
      canaryCases: 50_000,
    },
    job: await openJob(recipe),
    hire: () => workerThreads(plan.workers, jobModule, recipe, canaryRecipe()),
    crashes,
    corpus: undefined,
    version,
    listener: { found: () => undefined, status: () => undefined },
  });
  try {
    return await campaign.run();
  } finally {
    await workforce.close();
  }
}

/** Two CPU threads and one device, an operation or two each, around what the patch changes. */
const SMALL_ODDS = {
  roles: 1,
  plain: 0,
  changes: [1],
  users: [0, 1],
  perUser: [1],
  roleDevices: [1],
  perDevice: [0, 1],
  secondPud: 0,
  secondMm: 0.15,
  subscribers: [1],
  focused: 1,
};

async function explore(
  recipe: Recipe,
  placement: Placement,
  aimed: readonly string[],
  plan: Plan,
  crashes: string | undefined,
): Promise<SmallWorlds> {
  const known = callables.filter((c) => existsIn(c, placement.base.model.kernel));
  const draw = caseGenerator(known, {
    hardware: 'conforming',
    emphasis: new Map(aimed.map((name) => [name, AIM * AIM])),
    ...SMALL_ODDS,
  });
  const world = (index: number): Case =>
    aimedAt(aimed, (i) => draw(new Prng(`${plan.seed}/small/${index}/${i}`)));
  const jobModule = new URL('./trade.js', import.meta.url).href;
  const workforce = workerThreads(plan.workers, jobModule, recipe, recipe);
  const lab = new Laboratory(callables, placement.model, placement.base.model);
  try {
    return await exploreSmallWorlds(workforce, lab, world, {
      save: await saver(recipe, lab, crashes, plan.seed),
      bounds: SMALL,
      most: WORLDS,
      milliseconds: plan.cases === Infinity ? plan.seconds * EXPLORE_SHARE * 1000 : Infinity,
    });
  } finally {
    await workforce.close();
  }
}

/** The first draw that calls an operation of the list; the last one if none does. */
function aimedAt(aimed: readonly string[], draw: (i: number) => Case): Case {
  let c = draw(0);
  for (let i = 1; i < 20 && !c.threads.some((t) => t.operations.some((o) => aimed.includes(o.name))); i++)
    c = draw(i);
  return c;
}
