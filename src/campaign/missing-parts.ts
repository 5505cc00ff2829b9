import type { PlacedHunk } from '../patch/placement.js';

/** What a patch does and the kernel that was run lacks, as a sentence without a full stop. */
export interface Missing {
  /** It belongs to the function that the hunk changes. */
  readonly beside: boolean;
  readonly why: string;
}

/**
 * What is missing from the kernel in which `hunk` was run: the rest of its function, or calls that the model knows, in
 * the same patch or in one before it. What comes with later patches is missing from the tree of this one too.
 */
export function missingBeside(hunk: PlacedHunk, hunks: readonly PlacedHunk[]): Missing | undefined {
  const beside = hunks.find(
    (h) =>
      h.file === hunk.file && h.function === hunk.function && (h.verdict === 'not-placeable' || isPart(h)),
  );
  if (beside !== undefined) {
    const what = beside === hunk ? 'a part of it' : `the hunk at ${placeOf(beside)}`;
    return { beside: true, why: `${what} was not placed: ${beside.why}` };
  }
  const elsewhere = missingIn(hunks.filter((h) => h.patch <= hunk.patch));
  return elsewhere === undefined ? undefined : { beside: false, why: elsewhere };
}

/** Parts of the patches with calls that the model knows, as one sentence. */
export function missingIn(hunks: readonly PlacedHunk[]): string | undefined {
  const [first, ...more] = hunks.filter(isPart);
  if (first === undefined) return undefined;
  const also =
    more.length === 0 ? '' : `, nor ${more.length === 1 ? 'one part' : `${more.length} parts`} more`;
  return (
    `this holds without ${first.lacks!}() at ${placeOf(first)}, which the patch changes too and which was not ` +
    `placed${also}: ${first.why}`
  );
}

function isPart(h: PlacedHunk): boolean {
  return h.lacks !== undefined;
}

function placeOf(h: PlacedHunk): string {
  return `${h.file}:${h.fileLine}`;
}
