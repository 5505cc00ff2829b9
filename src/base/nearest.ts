import { closest, distance } from 'fastest-levenshtein';

/**
 * ` Did you mean "pct"?` for a word that somebody probably meant, '' when nothing known is near it. Ends a sentence
 * of BadInput; near is at most 3 edits, or a third of the longer word.
 */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const best = closest(word.toLowerCase(), known);
  const near = Math.max(3, Math.floor(Math.max(word.length, best.length) / 3));
  return distance(word.toLowerCase(), best) <= near ? ` Did you mean "${best}"?` : '';
}
