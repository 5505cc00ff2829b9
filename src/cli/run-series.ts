import type { Recipe } from '../campaign/job.js';
import type { CampaignResult } from '../campaign/records.js';
import { weightsAround, worldsAround, type Aimed } from '../campaign/aim.js';
import type { Runs } from '../campaign/judge-series.js';
import { exploreSmallWorlds, type SmallWorlds } from '../campaign/small-worlds.js';
import { prepareCampaign } from '../campaign/start.js';
import type { Workforce } from '../campaign/workforce.js';
import { callersOf, differingSteps, editedOperation } from '../patch/difference.js';
import { imbalances } from '../patch/imbalance.js';
import type { Placement } from '../patch/placement.js';
import { printEdits } from '../program/edit-listing.js';
import { operationsIn } from '../program/operations-in.js';
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
export const USUAL = { search: 200, worlds: 36 };

/** How much more often operations that reach an edited function are drawn. */
const AIM = 12;
/** Of the budget, for exhaustive exploration. */
const EXPLORE_SHARE = 0.2;
const SMALL = { states: 60_000, preemptions: 2, depth: 4000 };
const STRATEGY = 'aimed';
/** What a patch repairs shows while its base runs: the patched kernel may lack the step before which it must be held. */
const REFERENCE_LEADS = 0.3;

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
  const unaimed: Recipe = {
    ...canary,
    candidate: base.model.name,
    reference: base.model.name,
    mutes: [],
    edits: printEdits(edits, vocabulary),
    emphasis: Object.fromEntries(aimed.map((name) => [name, AIM])),
    hardware: 'conforming',
    strategy: STRATEGY,
    referenceLeads: REFERENCE_LEADS,
    search: plan.search,
  };
  const around = {
    lab: await openPair(unaimed),
    steps: steps.flat(),
    aimed,
    strategy: strategyNamed(STRATEGY),
  };
  const about = weightsAround(around, plan.seed);
  const recipe = (hardware: string): Recipe => ({ ...unaimed, hardware, about });
  const campaigns: CampaignResult[] = [];
  for (const hardware of plan.hardware) campaigns.push(await fuzz(recipe(hardware), plan));
  const small = await explore(recipe('conforming'), { ...around, about }, plan);
  return { ...runs, campaigns, small, spent: campaigns.some((c) => c.interrupted) };
}

const NO_WORLDS: SmallWorlds = {
  worlds: 0,
  states: 0,
  preemptions: SMALL.preemptions,
  incomplete: 0,
  shapes: [],
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

async function explore(recipe: Recipe, around: Aimed, plan: RunPlan): Promise<SmallWorlds> {
  const workforce = plan.hire(recipe, recipe);
  try {
    return await exploreSmallWorlds(workforce, around.lab, worldsAround(around, plan.seed), {
      save: await saver(recipe, around.lab, plan.crashes, plan.seed),
      bounds: SMALL,
      most: plan.worlds,
      milliseconds: plan.cases === Infinity ? plan.seconds * EXPLORE_SHARE * 1000 : Infinity,
    });
  } finally {
    await workforce.close();
  }
}
