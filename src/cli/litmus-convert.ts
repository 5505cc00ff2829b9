import { basename, dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { assert } from '../base/assert.js';
import { BadInput } from '../base/errors.js';
import { parseCaseFile } from '../campaign/case-file.js';
import { readCaseText } from '../campaign/corpus-store.js';
import { caseTextOf, litmusOf, type CaseRecord } from '../litmus/case-json.js';
import { parseLitmus } from '../litmus/parse.js';
import { printLitmus } from '../litmus/print.js';
import { checkCase } from '../scenario/check-case.js';
import { caseTextOfLitmus } from './litmus-case.js';
import { caseFilePath } from './open-case.js';
import { callables } from './trade.js';

/** The litmus form of a case file, or of a finding's directory. Throws BadInput. */
export function litmusTextOf(given: string): string {
  const path = caseFilePath(given);
  const text = readCaseText(path);
  const file = parseCaseFile(text, path);
  try {
    checkCase(file.case, callables);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    throw new BadInput(`${path} is not a valid case file: ${error.message}`);
  }
  // as it stands in the file: the checked value has its fields in another order
  const record = JSON.parse(text) as CaseRecord;
  const litmus = printLitmus(litmusOf(record, nameOf(path)), callables);
  const back = caseTextOf(parseLitmus(litmus, path, callables)) ?? 'null';
  assert(isDeepStrictEqual(JSON.parse(back), record), 'a case file is lost on its way to a litmus file');
  return litmus;
}

/** The case file of a litmus file. Throws BadInput. */
export async function caseText(path: string): Promise<string> {
  return caseTextOfLitmus(readCaseText(path), path);
}

/** The name of the file, or of a finding's directory. */
function nameOf(path: string): string {
  const base = basename(path).replace(/\.json$/, '');
  const name = base === 'case' ? basename(dirname(path)) : base;
  return name.replace(/\s+/g, '-') || 'case';
}
