import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { BadInput } from '../base/errors.js';
import { parseCaseFile, type CaseFile } from '../campaign/case-file.js';
import { readCaseText } from '../campaign/corpus-store.js';
import type { CountingLab } from '../campaign/lab-job.js';
import type { Model } from '../program/model.js';
import { checkCase } from '../scenario/check-case.js';
import type { Case } from '../scenario/case.js';
import { caseTextOfLitmus, isLitmus } from './litmus-case.js';
import { loadModel, absoluteModel } from './load-model.js';
import { modelHash, modelOfFile } from './model-data.js';
import { callables, openLab, register } from './trade.js';

/** A case file with the models that it names. */
export interface SavedCase {
  /** The file itself, also when its directory was given. */
  readonly path: string;
  readonly file: CaseFile;
  readonly case: Case;
  readonly candidate: Model;
  readonly reference: Model;
  /** Other models than the file's were given. */
  readonly substituted: boolean;
}

/** The same with its models laid out, ready to run. */
export interface OpenCase extends SavedCase {
  readonly lab: CountingLab;
}

/** Models given on the command line instead of the file's. */
export interface Instead {
  readonly model?: string;
  readonly reference?: string;
}

/** A case file, or the directory of a finding. Throws {@link BadInput}. */
export function caseFilePath(given: string): string {
  if (!existsSync(given))
    throw new BadInput(`There is no ${given}; expected a case file, or the directory of a finding.`);
  if (!statSync(given).isDirectory()) return given;
  const inside = join(given, 'case.json');
  if (!existsSync(inside))
    throw new BadInput(`The directory ${given} holds no case.json; expected the directory of a finding.`);
  return inside;
}

/** Reads the file, checks it, and lays out its models. Throws {@link BadInput}. */
export async function openCase(given: string, instead: Instead = {}): Promise<OpenCase> {
  const saved = await openSaved(given, instead);
  return { ...saved, lab: openLab(saved.candidate, saved.reference) };
}

/** Reads the file and checks it; nothing is ready to run yet. Throws {@link BadInput}. */
export async function openSaved(given: string, instead: Instead = {}): Promise<SavedCase> {
  const path = caseFilePath(given);
  const text = readCaseText(path);
  const file = parseCaseFile(isLitmus(path) ? await caseTextOfLitmus(text, path) : text, path);
  try {
    checkCase(file.case, callables);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    throw new BadInput(`${path} is not a valid case file: ${error.message}`);
  }
  const model = async (
    name: string | undefined,
    data: CaseFile['candidate'],
    option: string,
  ): Promise<Model> =>
    name === undefined
      ? modelOfFile(data, path, register, option)
      : loadModel(absoluteModel(name, process.cwd()), register);
  const candidate = await model(instead.model, file.candidate, '--model');
  const reference = await model(instead.reference, file.reference, '--reference');
  const other = (m: Model, data: CaseFile['candidate']): boolean =>
    modelHash(m, register.operations) !== data.hash;
  const substituted =
    (instead.model !== undefined && other(candidate, file.candidate)) ||
    (instead.reference !== undefined && other(reference, file.reference));
  return {
    path,
    file,
    case: file.case as unknown as Case,
    candidate,
    reference,
    substituted,
  };
}
