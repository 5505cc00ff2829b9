import { BadInput } from '../base/errors.js';
import { didYouMean } from '../base/nearest.js';
import { renderJson } from './format-json.js';
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
