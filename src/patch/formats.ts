import { BadInput } from '../base/errors.js';
import { didYouMean } from '../base/nearest.js';
import { renderB4 } from './format-b4.js';
import { renderJson } from './format-json.js';
import { renderJunit } from './format-junit.js';
import { renderKtap } from './format-ktap.js';
import { renderSarif } from './format-sarif.js';
import { renderTerse } from './format-terse.js';
import { renderText } from './format-text.js';
import type { SeriesVerdict } from './verdict.js';

/** A way to print a verdict. */
export interface Format {
  readonly name: string;
  readonly about: string;
  readonly render: (verdict: SeriesVerdict) => string;
}

export const FORMATS: readonly Format[] = [
  { name: 'text', about: 'plain, 72 columns, to paste in a reply', render: renderText },
  { name: 'json', about: 'everything, for programs', render: renderJson },
  { name: 'b4', about: 'JSON, as b4 review reads it from check commands', render: renderB4 },
  { name: 'sarif', about: 'SARIF 2.1.0, for code scanning', render: renderSarif },
  { name: 'ktap', about: 'KTAP 1, a test a hunk', render: renderKtap },
  { name: 'junit', about: 'XML for CI servers, a test a hunk', render: renderJunit },
  { name: 'terse', about: 'file:line: LEVEL: text, as checkpatch --terse', render: renderTerse },
];

/** Throws {@link BadInput} for a name that means nothing. */
export function formatNamed(name: string): Format {
  const found = FORMATS.find((f) => f.name === name);
  if (found !== undefined) return found;
  const names = FORMATS.map((f) => f.name);
  throw new BadInput(
    `Unknown format "${name}"; expected one of ${names.join(', ')}.${didYouMean(name, names)}`,
  );
}
