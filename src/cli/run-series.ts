import type { Recipe } from '../campaign/job.js';
import type { CampaignResult } from '../campaign/records.js';
import { aimedWorlds } from '../campaign/aimed-worlds.js';
import type { Runs } from '../campaign/judge-series.js';
import { exploreSmallWorlds, type SmallWorlds } from '../campaign/small-worlds.js';
import { prepareCampaign } from '../campaign/start.js';
import type { Workforce } from '../campaign/workforce.js';
import { callersOf, differingSteps, editedOperation } from '../patch/difference.js';
import { imbalances } from '../patch/imbalance.js';
import type { Placement } from '../patch/placement.js';
import { printEdits } from '../program/edit-listing.js';
import { existsIn } from '../program/kernel-version.js';
import { operationsIn } from '../program/operations-in.js';
import { caseGenerator, type GenerateOptions } from '../scenario/generate.js';
import { strategyNamed } from '../schedule/strategies.js';
import { callables, canaryRecipe, openJob, openPair, vocabulary } from './trade.js';
import { saver } from './save-findings.js';
import { version } from './version.js';

/** How much is run to judge a series, and by whom. */
export interface RunPlan {
  readonly seed: string;
  /** Of a time, so much goes to each hardware in turn and the rest to small worlds. */
  readonly seconds: number;
  /** Cases for each hardware; Infinity when time ends it. */
  readonly cases: number;
  readonly hardware: readonly string[];
  /** Small worlds, at most. */
  readonly worlds: number;
  /** Schedules of the base that are tried before a patch is blamed. */
  readonly search: number;
  /** Signatures of findings that were accepted before. */
  readonly known: ReadonlySet<string>;
  /** Where findings are saved. */
  readonly crashes: string | undefined;
  readonly hire: (recipe: Recipe, canary: Recipe) => Workforce;
}

/** What `validate` does unless it is told otherwise. */
export const USUAL = { search: 200, worlds: 24 };

/** How much more often operations that reach an edited function are drawn. */
const AIM = 12;
/** Of the budget, for exhaustive exploration. */
const EXPLORE_SHARE = 0.2;
const SMALL = { states: 60_000, preemptions: 2, depth: 4000 };
const STRATEGY = 'aimed';

/** Fuzzes the patched kernel beside its base, and explores small worlds around what the patch changes. */
export async function runSeries(placement: Placement, plan: RunPlan): Promise<Runs> {
  const { base } = placement;
  const edits = placement.hunks.flatMap((h) => h.edits);
  const programs = callables.map((c) => c.operation);
  const steps = placement.hunks.map((h) => differingSteps(programs, base.model, h.edits, edits));
  const canary = canaryRecipe();
  const runs = {
    steps,
    imbalances: imbalances(placement, operationsIn(programs)),
    known: plan.known,
    hardware: plan.hardware,
    search: plan.search,
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
    strategy: STRATEGY,
    search: plan.search,
  });
  const campaigns: CampaignResult[] = [];
  for (const hardware of plan.hardware) campaigns.push(await fuzz(recipe(hardware), plan));
  const small = await explore(recipe('conforming'), placement, steps.flat(), aimed, plan);
  return { ...runs, campaigns, small, spent: campaigns.some((c) => c.interrupted) };
}

const NO_WORLDS: SmallWorlds = {
  worlds: 0,
  states: 0,
  preemptions: SMALL.preemptions,
  incomplete: 0,
  findings: [],
  directories: [],
};

async function fuzz(recipe: Recipe, plan: RunPlan): Promise<CampaignResult> {
  const share = (plan.seconds * (1 - EXPLORE_SHARE)) / plan.hardware.length;
  const { campaign, workforce } = prepareCampaign({
    plan: {
      seed: plan.seed,
      cases: plan.cases,
      seconds: plan.cases === Infinity ? share : Infinity,
      shrinkTries: 2000,
      shrinkSeconds: 60,
      graceSeconds: 20,
      batch: 250,
      canaryCases: 50_000,
    },
    job: await openJob(recipe),
    hire: () => plan.hire(recipe, canaryRecipe()),
    crashes: plan.crashes,
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
const SMALL_ODDS: GenerateOptions = {
  roles: 1,
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
  steps: Runs['steps'][number],
  aimed: readonly string[],
  plan: RunPlan,
): Promise<SmallWorlds> {
  const known = callables.filter((c) => existsIn(c, placement.base.model.kernel));
  const generator = (plain: number): ReturnType<typeof caseGenerator> =>
    caseGenerator(known, {
      hardware: 'conforming',
      emphasis: new Map(aimed.map((name) => [name, AIM * AIM])),
      ...SMALL_ODDS,
      plain,
    });
  const lab = await openPair(recipe);
  const worlds = aimedWorlds({
    lab,
    steps: new Set(steps.map((s) => s.name)),
    lacking: new Set(steps.flatMap((s) => (s.dropped ? [s.name] : []))),
    strategy: strategyNamed(STRATEGY),
    seed: `${plan.seed}/small`,
    // what the patch changes is reached by a fault alone, or by an operation
    draws: [generator(0), generator(1)],
  });
  const workforce = plan.hire(recipe, recipe);
  try {
    return await exploreSmallWorlds(workforce, lab, worlds, {
      save: await saver(recipe, lab, plan.crashes, plan.seed),
      bounds: SMALL,
      most: plan.worlds,
      milliseconds: plan.cases === Infinity ? plan.seconds * EXPLORE_SHARE * 1000 : Infinity,
    });
  } finally {
    await workforce.close();
  }
}
