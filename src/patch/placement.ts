import type { Edit, Model } from '../program/model.js';

/**
 * What became of a hunk: `placed` as edits; `harmless`: comments, documentation, blanks, declarations, renames, moved
 * functions; `not-modelled`: the model says nothing of what it changes; `not-placeable`: it could stand in several
 * places, or nowhere. The last two name the line, and may have edits for the rest of the hunk.
 */
export type HunkVerdict = 'placed' | 'harmless' | 'not-modelled' | 'not-placeable';

export interface PlacedHunk {
  /** Index of its patch in the series. */
  readonly patch: number;
  readonly file: string;
  /** Line of the patch that was read: of the obstacle, or of the first change, or of the `@@`. */
  readonly line: number;
  /** The same in the patched file, where it has one. */
  readonly fileLine: number;
  readonly function: string;
  readonly verdict: HunkVerdict;
  readonly edits: readonly Edit[];
  /** One sentence without a full stop; '' for a placed hunk. */
  readonly why: string;
  /** A call in what was not placed that the model knows: something that it would do is missing. */
  readonly lacks?: string;
  /** The hunk as it stands in the patch, its `@@` line first. */
  readonly text: string;
}

export interface Base {
  readonly model: Model;
  /** How it was chosen, one sentence without a full stop. */
  readonly why: string;
  /** How well its steps fit the context, for comparing bases. */
  readonly score: number;
  /** The base has what the patch adds, and lacks what it removes. */
  readonly applied: boolean;
}

export interface Placement {
  readonly base: Base;
  readonly hunks: readonly PlacedHunk[];
  /** The base with all that could be placed. */
  readonly model: Model;
}
