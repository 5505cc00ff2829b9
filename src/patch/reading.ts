import { changesOf, type Change } from './changes.js';
import { tidy } from './definitions.js';
import { elementsOf, type Element } from './elements.js';
import { kindOfFile } from './file-kind.js';
import type { Ground } from './ground.js';
import { beginnings, byFunction } from './hunk-functions.js';
import { isIdle, marked } from './idle.js';
import type { HunkVerdict } from './placement.js';
import { renamesIn } from './renames.js';
import type { Hunk, Patch, PatchedFile } from './series.js';
import { sidesOf, type Renames } from './sides.js';
import type { WideFunction } from './widen.js';

/** A hunk with what it changes; `settled`: its verdict does not depend on the model. */
export interface Entry {
  readonly file: PatchedFile;
  readonly hunk: Hunk;
  readonly changes: readonly Change[];
  readonly settled?: { readonly verdict: HunkVerdict; readonly why: string };
}

/** What a hunk changes in one function. */
export interface Piece {
  readonly entry: Entry;
  readonly changes: readonly Change[];
}

/** All that the patch changes in one function of one file. */
export interface Group {
  readonly file: string;
  readonly cFunction: string;
  readonly pieces: readonly Piece[];
  /** The elements are all that the function has. */
  readonly whole: boolean;
  /** What is known of the function's text, by the elements' `hunk`. */
  readonly shown: readonly (readonly Change[])[];
  /** In the order of the file. */
  readonly elements: readonly Element[];
}

/** A patch as far as it can be understood without a model. */
export interface Reading {
  readonly entries: readonly Entry[];
  readonly groups: readonly Group[];
  readonly renames: Renames;
}

/** Reads a patch; of the functions in `wide` the whole text is known. */
export function readingOf(patch: Patch, ground: Ground, wide: readonly WideFunction[] = []): Reading {
  const renames = renamesIn(patch.files, ground.known);
  const hunks = patch.files.flatMap((file) => file.hunks.map((hunk) => ({ file, hunk })));
  const isC = hunks.map(({ file }) => kindOfFile(file.path) === 'c');
  const sides = hunks.map(({ hunk }, i) =>
    isC[i] && !isLong(hunk) ? sidesOf(hunk, renames) : { before: [], after: [] },
  );
  const whole = wide.map((w) => sidesOf(w.hunk, renames));
  const { sides: tidied, moved } = tidy([...sides, ...whole], (name) => ground.isModelled(name));
  const entries = hunks.map(({ file, hunk }, i) =>
    entryOf(file, hunk, isLong(hunk) ? undefined : changesOf(tidied[i])),
  );
  const shown = new Set(wide.flatMap((w) => w.hunk.lines.map((l) => l.line)));
  const pieces = new Map<string, Piece[]>();
  for (const { name, hunk, sides: bodies } of moved)
    if (hunk < entries.length)
      pieces.set(`${entries[hunk].file.path} ${name}`, [
        { entry: entries[hunk], changes: changesOf(bodies) ?? [] },
      ]);
  for (const [entry, begin] of inOrder(entries, renames))
    for (const [name, changes] of byFunction(entry.hunk, entry.changes, renames, begin)) {
      const key = `${entry.file.path} ${name}${name === '' ? String(entry.hunk.line) : ''}`;
      const rest = changes.filter((c) => c.sign === ' ' || !shown.has(c.line));
      pieces.set(key, [...(pieces.get(key) ?? []), { entry, changes: rest }]);
    }
  const wholes = wide.flatMap((w, i) =>
    wholeGroup(w, marked([changesOf(tidied[sides.length + i]) ?? []])[0], entries, renames, ground),
  );
  return { entries, groups: [...groupsOf(pieces, ground), ...wholes], renames };
}

/** The hunks in the order of their files' lines, with the functions that they begin in. */
function inOrder(
  entries: readonly Entry[],
  renames: Renames,
): readonly (readonly [entry: Entry, begin: string])[] {
  const sorted = [...entries].sort((a, b) => a.hunk.oldStart - b.hunk.oldStart);
  const files = [...new Set(sorted.map((e) => e.file))];
  return files.flatMap((file) => {
    const own = sorted.filter((e) => e.file === file);
    const begin = beginnings(own, renames);
    return own.map((entry, i) => [entry, begin[i]] as const);
  });
}

function groupsOf(pieces: ReadonlyMap<string, readonly Piece[]>, ground: Ground): readonly Group[] {
  return [...pieces]
    .map(([key, list]): [string, readonly Piece[]] => {
      const changes = marked(list.map((p) => p.changes));
      return [key, list.map((p, i) => ({ ...p, changes: changes[i] }))];
    })
    .filter(([, list]) => list.some((p) => p.changes.some(counts)))
    .map(([key, list]) => ({
      file: list[0].entry.file.path,
      cFunction: /^\w*/.exec(key.slice(key.lastIndexOf(' ') + 1).replace(/^\d+$/, ''))![0],
      whole: false,
      pieces: list,
      shown: list.map((p) => p.changes),
      elements: list.flatMap((p, i) => elementsOf(p.changes, i, ground)),
    }));
}

/** A function whose whole text is known: one stretch of steps, of which each hunk has its part. */
function wholeGroup(
  { file, name, hunk }: WideFunction,
  changes: readonly Change[],
  entries: readonly Entry[],
  renames: Renames,
  ground: Ground,
): readonly Group[] {
  if (!changes.some(counts)) return [];
  const lines = new Set(hunk.lines.map((l) => l.line));
  const own = entries.filter((e) => e.file.path === file && e.hunk.lines.some((l) => lines.has(l.line)));
  const pieceOf = (c: Change): number => own.findIndex((e) => e.hunk.lines.some((l) => l.line === c.line));
  const pieces = own.map((entry, i) => ({ entry, changes: changes.filter((c) => pieceOf(c) === i) }));
  const body = changes.filter((c) => c.unit.kind !== 'function');
  const elements = elementsOf(body, 0, ground, pieceOf);
  return [{ file, cFunction: renames.get(name) ?? name, whole: true, pieces, shown: [body], elements }];
}

/** More than any hunk that changes code that is there: it is not read. */
function isLong(hunk: Hunk): boolean {
  return hunk.lines.length > 5000 || hunk.lines.reduce((sum, l) => sum + l.text.length, 0) > 400_000;
}

function entryOf(file: PatchedFile, hunk: Hunk, changes: readonly Change[] | undefined): Entry {
  const settled = (verdict: HunkVerdict, why: string): Entry => ({
    file,
    hunk,
    changes: [],
    settled: { verdict, why },
  });
  const kind = kindOfFile(file.path);
  if (kind === 'documentation') return settled('harmless', 'documentation');
  if (kind === 'other') return settled('not-modelled', `${file.path} is neither C nor documentation`);
  return changes === undefined ? settled('not-placeable', 'the hunk is too long') : { file, hunk, changes };
}

/** A change that could matter. */
export function counts(change: Change): boolean {
  return change.turned !== undefined || (change.sign !== ' ' && !isIdle(change));
}
