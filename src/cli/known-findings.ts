import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { BadInput } from '../base/errors.js';
import { findingOf, parseCaseFile } from '../campaign/case-file.js';
import { readCaseText } from '../campaign/corpus-store.js';
import { signatureOf } from '../run/finding.js';

/** The signatures of the findings in a crash directory; none without one. Throws {@link BadInput}. */
export function knownSignatures(directory: string | undefined): ReadonlySet<string> {
  const out = new Set<string>();
  if (directory === undefined) return out;
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw new BadInput(`There is no directory ${directory}; expected one with saved findings for --known.`);
  for (const name of readdirSync(directory)) {
    const path = join(directory, name, 'case.json');
    if (!existsSync(path)) continue;
    const finding = findingOf(parseCaseFile(readCaseText(path), path));
    if (finding !== undefined) out.add(signatureOf(finding));
  }
  return out;
}
