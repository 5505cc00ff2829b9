import type { Recipe, Job } from '../campaign/job.js';
import { LabJob, type CountingLab } from '../campaign/lab-job.js';
import { modelData } from './model-data.js';
import { loadModel, type Register } from './load-model.js';
import { withMutes } from './mutes.js';
import { hardwareWanted } from './fuzz-options.js';
import type { Finding } from '../run/finding.js';
import type { Model } from '../program/model.js';
import { caseGenerator } from '../scenario/generate.js';
import { strategyNamed } from '../schedule/strategies.js';
import { buildLab, callables, models, operations, renderReadme, renderTrace, vocabulary } from './unwired.js';

/** Everything that the names on the command line can mean. */
export const register: Register = { models, operations };
export { callables, vocabulary };

/** Two models, ready to run; throws BadInput for an edit that fits no operation. */
export function openLab(candidate: Model, reference: Model): CountingLab {
  return buildLab(candidate, reference, callables);
}

/** What `fuzz` does without options. */
export function defaultRecipe(): Recipe {
  return { ...canaryRecipe(), candidate: 'optimized', mutes: [], hardware: 'default', search: 200 };
}

/** The seeded broken model that every campaign must catch: the reference without one load-bearing notification. */
export function canaryRecipe(): Recipe {
  return {
    candidate: 'always-notify',
    reference: 'always-notify',
    mutes: ['wp_page_copy'],
    operations: [],
    hardware: 'conforming',
    strategy: 'mixed',
    search: 0,
  };
}

export function textsOf(lab: CountingLab, finding: Finding): { trace: string; readme: string } {
  return { trace: renderTrace(finding, lab), readme: renderReadme(finding, lab) };
}

/** Opens the job of a recipe; what workers load. Throws BadInput for names that mean nothing. */
export async function openJob(recipe: Recipe): Promise<Job> {
  const candidate = withMutes(await loadModel(recipe.candidate, register), recipe.mutes, operations);
  const reference = await loadModel(recipe.reference, register);
  const lab = openLab(candidate, reference);
  const restricted = recipe.operations.length === 0 ? {} : { operations: recipe.operations };
  return new LabJob({
    lab,
    candidate: modelData(candidate, operations),
    reference: modelData(reference, operations),
    generate: caseGenerator(callables, { hardware: hardwareWanted(recipe.hardware), ...restricted }),
    strategy: strategyNamed(recipe.strategy),
    search: recipe.search,
    texts: (finding) => textsOf(lab, finding),
  });
}
