import { FORMAT } from '../campaign/case-file.js';
import type { ModelData } from '../campaign/job.js';
import { caseTextOf } from '../litmus/case-json.js';
import { parseLitmus } from '../litmus/parse.js';
import { absoluteModel, loadModel } from './load-model.js';
import { modelData } from './model-data.js';
import { callables, register } from './trade.js';
import { version } from './version.js';

/** Models of a test that names none, as those of a campaign without options. */
export const USUAL_MODELS: readonly [string, string] = ['optimized', 'always-notify'];

export function isLitmus(path: string): boolean {
  return path.endsWith('.litmus');
}

/**
 * The case file (JSON) that a litmus file stands for: the one that it was made of, byte for byte; of a test written by
 * hand one that says nothing of verdicts. Throws BadInput.
 */
export async function caseTextOfLitmus(text: string, path: string): Promise<string> {
  const test = parseLitmus(text, path, callables);
  const saved = caseTextOf(test);
  if (saved !== undefined) return saved;
  const data = async (name: string): Promise<ModelData> =>
    modelData(await loadModel(absoluteModel(name, process.cwd()), register), register.operations);
  const file = {
    format: FORMAT,
    shootdown: version,
    ...(test.about === '' ? {} : { about: test.about }),
    class: 'unjudged',
    candidate: await data(test.models[0] ?? USUAL_MODELS[0]),
    reference: await data(test.models[1] ?? USUAL_MODELS[1]),
    case: test.case,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
