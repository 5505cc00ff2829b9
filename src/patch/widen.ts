import { BadInput } from '../base/errors.js';
import type { Hunk, HunkLine, Patch, PatchedFile } from './series.js';
import type { CFunction, SourceTree } from './tree.js';

/** A function that a patch changes, whole: what the hunks change, and every other line as context (its `line` is 0). */
export interface WideFunction {
  readonly file: string;
  readonly name: string;
  readonly hunk: Hunk;
}

/** A patch laid over a tree: the functions that it changes, and the tree after it. */
export interface Widened {
  readonly functions: readonly WideFunction[];
  readonly tree: SourceTree;
}

interface Row extends HunkLine {
  readonly oldLine?: number;
}

/**
 * Reads every changed function before and after the patch. Files that the tree lacks are left as they are, so are
 * functions that come or go as a whole. Throws {@link BadInput} when a hunk does not apply.
 */
export function widen(patch: Patch, tree: SourceTree): Widened {
  const after = new Map<string, string>();
  const functions = patch.files.flatMap((file) => {
    const text = tree.read(file.path);
    if (text === undefined || !/\.[ch]$/.test(file.path) || file.hunks.length === 0) return [];
    const rows = applied(file, text.split('\n'));
    after.set(file.path, textOf(rows, 'removed'));
    return wideIn(file, rows, tree.functions(text), tree.functions(after.get(file.path)!));
  });
  const read = (path: string): string | undefined => after.get(path) ?? tree.read(path);
  return { functions, tree: { read, functions: (text) => tree.functions(text) } };
}

function textOf(rows: readonly Row[], without: HunkLine['kind']): string {
  return rows
    .filter((r) => r.kind !== without)
    .map((r) => r.text)
    .join('\n');
}

/** The lines of the file with the hunks laid in. */
function applied(file: PatchedFile, lines: readonly string[]): readonly Row[] {
  const out: Row[] = [];
  let at = 0;
  for (const hunk of [...file.hunks].sort((a, b) => a.oldStart - b.oldStart)) {
    const begin = placeOf(file, hunk, lines, at);
    while (at < begin) out.push(contextOf(lines, at++));
    for (const line of hunk.lines)
      out.push(line.kind === 'added' ? line : { ...line, text: lines[at], oldLine: ++at });
  }
  while (at < lines.length) out.push(contextOf(lines, at++));
  return out;
}

function contextOf(lines: readonly string[], at: number): Row {
  return { kind: 'context', text: lines[at], line: 0, oldLine: at + 1 };
}

/** Index of the line at which the hunk's old side stands, the nearest to where it says; blanks do not count. */
function placeOf(file: PatchedFile, hunk: Hunk, lines: readonly string[], from: number): number {
  const old = hunk.lines.filter((l) => l.kind !== 'added').map((l) => bare(l.text));
  const fits = (at: number): boolean =>
    at >= from && at + old.length <= lines.length && old.every((text, i) => text === bare(lines[at + i]));
  const said = Math.max(0, hunk.oldStart - 1);
  for (let off = 0; off < lines.length + hunk.oldStart; off++) {
    if (fits(said + off)) return said + off;
    if (fits(said - off)) return said - off;
  }
  throw new BadInput(
    `Line ${hunk.line}: the hunk does not apply to ${file.path} of the tree; expected the tree that the patch was made for.`,
  );
}

function bare(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function wideIn(
  file: PatchedFile,
  rows: readonly Row[],
  before: readonly CFunction[],
  after: readonly CFunction[],
): readonly WideFunction[] {
  const oldAt = indexOf(rows, 'added');
  const newAt = indexOf(rows, 'removed');
  return before.flatMap((f) => {
    const now = after.find((g) => g.name === f.name);
    if (now === undefined) return [];
    const first = Math.min(oldAt[f.first - 1], newAt[now.first - 1]);
    const lines = rows.slice(first, Math.max(oldAt[f.last - 1], newAt[now.last - 1]) + 1);
    if (lines.every((l) => l.kind === 'context')) return [];
    const hunk = { line: 0, oldStart: f.first, newStart: now.first, function: `${f.name}(`, lines };
    return [{ file: file.path, name: f.name, hunk }];
  });
}

/** Where each line of one side stands among the rows. */
function indexOf(rows: readonly Row[], without: HunkLine['kind']): readonly number[] {
  return rows.flatMap((r, i) => (r.kind === without ? [] : [i]));
}
