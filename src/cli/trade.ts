import { callables, models } from '../../models/models.js';
import type { Recipe, Job } from '../campaign/job.js';
import { bucketName } from '../campaign/bucket.js';
import { LabJob, type CountingLab } from '../campaign/lab-job.js';
import { modelData } from './model-data.js';
import { loadModel, type Register } from './load-model.js';
import { withMutes } from './mutes.js';
import { patchedModel } from './patched-model.js';
import { hardwareWanted } from './fuzz-options.js';
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

/** Opens the job of a recipe; what workers load. Throws BadInput for names that mean nothing. */
export async function openJob(recipe: Recipe): Promise<Job> {
  const muted = withMutes(await loadModel(recipe.candidate, register), recipe.mutes, operations);
  const { edits } = recipe;
  const candidate = edits === undefined ? muted : patchedModel(muted, edits, vocabulary);
  const reference = await loadModel(recipe.reference, register);
  const lab = openLab(candidate, reference);
  const restricted = recipe.operations.length === 0 ? {} : { operations: recipe.operations };
  const known = callables.filter((c) => existsIn(c, candidate.kernel) && existsIn(c, reference.kernel));
  return new LabJob({
    lab,
    candidate: modelData(
      candidate,
      operations,
      edits === undefined ? undefined : { base: muted.name, listing: edits },
    ),
    reference: modelData(reference, operations),
    generate: caseGenerator(known, {
      hardware: hardwareWanted(recipe.hardware),
      subscribers: subscriberWeights([candidate.kernel, reference.kernel]),
      ...restricted,
      emphasis: new Map(Object.entries(recipe.emphasis ?? {})),
    }),
    strategy: strategyNamed(recipe.strategy),
    search: recipe.search,
    programs: new Set(recipe.operations.length > 0 ? recipe.operations : known.map((c) => c.operation.name)),
    texts: (finding) => textsOf(lab, finding),
  });
}
