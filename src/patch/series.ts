/**
 * A line of a hunk. `line` is its 1-based number in the text that was read (of a mail, its decoded body), `newLine` that
 * in the patched file.
 */
export interface HunkLine {
  readonly kind: 'context' | 'removed' | 'added';
  readonly text: string;
  readonly line: number;
  readonly newLine?: number;
}

export interface Hunk {
  /** Number of the `@@` line in the text that was read. */
  readonly line: number;
  readonly oldStart: number;
  readonly newStart: number;
  /** What stands behind the second `@@`: the function that the hunk begins in, as git found it. */
  readonly function?: string;
  readonly lines: readonly HunkLine[];
}

export interface PatchedFile {
  /** Path in the patched tree; of a deleted file, where it was. */
  readonly path: string;
  readonly hunks: readonly Hunk[];
}

export interface Patch {
  readonly subject: string;
  /** Commit id of a `base-commit:` trailer. */
  readonly baseCommit?: string;
  /** Day on which it was sent or made, `YYYY-MM-DD`. */
  readonly date?: string;
  /** What is doubtful about the text that it was read from, one sentence without a full stop. */
  readonly doubt?: string;
  readonly files: readonly PatchedFile[];
}

/** The patches of a mail, or of a whole series, in their order. */
export interface PatchSeries {
  readonly patches: readonly Patch[];
}
