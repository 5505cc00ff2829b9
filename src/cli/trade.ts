import { callables, models } from '../../models/models.js';
import { BadInput } from '../base/errors.js';
import type { Recipe, Job } from '../campaign/job.js';
import { bucketName } from '../campaign/bucket.js';
import { LabJob, type CountingLab } from '../campaign/lab-job.js';
import { modelData } from './model-data.js';
import { loadModel, type Register } from './load-model.js';
import { withMutes } from './mutes.js';
import { patchedModel } from './patched-model.js';
import { hardwareWanted } from './fuzz-options.js';
import { editedOperation } from '../patch/difference.js';
import { kernelWords } from '../kernel/verbs.js';
import type { Finding } from '../run/finding.js';
import { Laboratory } from '../run/laboratory.js';
import { existsIn } from '../program/kernel-version.js';
import { operationsWith } from '../program/operations-in.js';
import type { Model } from '../program/model.js';
import { caseGenerator } from '../scenario/generate.js';
import { subscriberWeights } from '../scenario/subscriber-kinds.js';
import { strategyNamed } from '../schedule/strategies.js';
import { renderReadme } from '../report/readme.js';
import { renderTrace } from '../report/trace-text.js';

const operations = operationsWith(
  callables.map((c) => c.operation),
  models.flatMap((m) => m.edits),
);

/** Everything that the names on the command line can mean. */
export const vocabulary = kernelWords.withOperations(operations);
export const register: Register = { models, operations, words: vocabulary };
export { callables };

/** Two models, ready to run; throws BadInput for an edit that fits no operation. */
export function openLab(candidate: Model, reference: Model): CountingLab {
  return new Laboratory(callables, candidate, reference);
}

/** The same for cases that call no other programs than these. */
export function openPart(
  candidate: Model,
  reference: Model,
  programs: ReadonlySet<string>,
  beside: readonly Model[] = [],
): Laboratory {
  const some = callables.filter((c) => programs.has(c.operation.name));
  const edits = [candidate, reference, ...beside].flatMap((m) => m.edits);
  const reached = new Set(
    operationsWith(
      some.map((c) => c.operation),
      edits,
    ).map((o) => o.name),
  );
  const part = (model: Model): Model => ({
    ...model,
    edits: model.edits.filter((e) => reached.has(editedOperation(e))),
  });
  return new Laboratory(some, part(candidate), part(reference), undefined, beside.map(part));
}

/** Two models laid out, and the name of the candidate without the patch. */
interface Pair {
  readonly lab: Laboratory;
  readonly unpatched: string;
}

/** Laying out whole kernels takes a second: the last pairs of built-in models are kept, patched or not. */
const pairs = new Map<string, Promise<Pair>>();
const KEPT = 2;

function pairOf(recipe: Recipe): Promise<Pair> {
  const { candidate, reference, mutes, edits } = recipe;
  const builtIn = [candidate, reference].every((name) => models.some((m) => m.name === name));
  if (!builtIn) return layOut(recipe); // a file may have changed
  const key = JSON.stringify([candidate, reference, mutes, edits]);
  const pair = pairs.get(key) ?? layOut(recipe);
  pairs.delete(key);
  pairs.set(key, pair);
  for (const old of [...pairs.keys()].slice(0, -KEPT)) pairs.delete(old);
  return pair;
}

async function layOut({ candidate, reference, mutes, edits }: Recipe): Promise<Pair> {
  const muted = withMutes(await loadModel(candidate, register), mutes, operations);
  const patched = edits === undefined ? muted : patchedModel(muted, edits, vocabulary);
  const lab = new Laboratory(callables, patched, await loadModel(reference, register));
  return { lab, unpatched: muted.name };
}

/** The two models of a recipe, ready to run. Throws BadInput for names that mean nothing. */
export async function openPair(recipe: Recipe): Promise<Laboratory> {
  return (await pairOf(recipe)).lab;
}

/** What `fuzz` does without options. */
export function defaultRecipe(): Recipe {
  return { ...canaryRecipe(), candidate: 'optimized', mutes: [], hardware: 'default', search: 200 };
}

/** The seeded broken model that every campaign must catch: the reference, which copies a page and tells no device. */
export function canaryRecipe(): Recipe {
  return {
    candidate: 'always-notify',
    reference: 'always-notify',
    mutes: ['wp_page_copy', 'wp_page_copy:range-end'],
    operations: [],
    hardware: 'conforming',
    strategy: 'mixed',
    search: 0,
  };
}

/** Trace and page of a finding. They name the usual directory: the same finding, the same texts. */
export function textsOf(lab: CountingLab, finding: Finding): { trace: string; readme: string } {
  const replay = `npx shootdown replay crashes/${bucketName(finding)}`;
  return { trace: renderTrace(finding, lab), readme: renderReadme(finding, lab, replay) };
}

function subscribersOf(kernels: readonly Model[], wanted: readonly string[]): readonly number[] {
  const weights = subscriberWeights(
    kernels.map((m) => m.kernel),
    wanted,
  );
  if (weights.every((weight) => weight === 0))
    throw new BadInput(
      `No subscriber of --subscribers ${wanted.join(',')} is in both ${kernels.map((m) => m.name).join(' and ')}; expected kinds of their releases.`,
    );
  return weights;
}

/** Opens the job of a recipe; what workers load. Throws BadInput for names that mean nothing. */
export async function openJob(recipe: Recipe): Promise<Job> {
  const { lab, unpatched } = await pairOf(recipe);
  const { candidate, reference } = lab;
  const { edits } = recipe;
  const restricted = recipe.operations.length === 0 ? {} : { operations: recipe.operations };
  const known = callables.filter((c) => existsIn(c, candidate.kernel) && existsIn(c, reference.kernel));
  return new LabJob({
    lab,
    candidate: modelData(
      candidate,
      operations,
      edits === undefined ? undefined : { base: unpatched, listing: edits },
    ),
    reference: modelData(reference, operations),
    generate: caseGenerator(known, {
      hardware: hardwareWanted(recipe.hardware),
      subscribers: subscribersOf([candidate, reference], recipe.subscribers ?? []),
      ...restricted,
      emphasis: new Map(Object.entries(recipe.emphasis ?? {})),
      about: new Map(Object.entries(recipe.about ?? {})),
    }),
    strategy: strategyNamed(recipe.strategy),
    referenceLeads: recipe.referenceLeads ?? 0,
    search: recipe.search,
    programs: new Set(recipe.operations.length > 0 ? recipe.operations : known.map((c) => c.operation.name)),
    texts: (finding) => textsOf(lab, finding),
  });
}
