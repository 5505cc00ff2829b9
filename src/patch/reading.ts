import { changesOf, type Change } from './changes.js';
import { tidy } from './definitions.js';
import { elementsOf, type Element } from './elements.js';
import { kindOfFile } from './file-kind.js';
import type { Ground } from './ground.js';
import { byFunction } from './hunk-functions.js';
import { isHarmless } from './leftovers.js';
import type { HunkVerdict } from './placement.js';
import { renamesIn } from './renames.js';
import type { Hunk, Patch, PatchedFile } from './series.js';
import { sidesOf, type Renames } from './sides.js';

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
  readonly cFunction: string;
  readonly pieces: readonly Piece[];
  /** The pieces' elements, in the order of the file; their `hunk` is the index of their piece. */
  readonly elements: readonly Element[];
}

/** A patch as far as it can be understood without a model. */
export interface Reading {
  readonly entries: readonly Entry[];
  readonly groups: readonly Group[];
  readonly renames: Renames;
}

export function readingOf(patch: Patch, ground: Ground): Reading {
  const renames = renamesIn(patch.files, ground.known);
  const hunks = patch.files.flatMap((file) => file.hunks.map((hunk) => ({ file, hunk })));
  const isC = hunks.map(({ file }) => kindOfFile(file.path) === 'c');
  const sides = hunks.map(({ hunk }, i) => (isC[i] ? sidesOf(hunk, renames) : { before: [], after: [] }));
  const { sides: tidied, moved } = tidy(sides, (name) => ground.holding(name).length > 0);
  const entries = hunks.map(({ file, hunk }, i) => entryOf(file, hunk, changesOf(tidied[i])));
  const pieces = new Map<string, Piece[]>();
  for (const { name, hunk, sides: bodies } of moved)
    pieces.set(`${entries[hunk].file.path} ${name}`, [
      { entry: entries[hunk], changes: changesOf(bodies) ?? [] },
    ]);
  for (const entry of [...entries].sort((a, b) => a.hunk.oldStart - b.hunk.oldStart))
    for (const [name, changes] of byFunction(entry.hunk, entry.changes, renames)) {
      const key = `${entry.file.path} ${name}${name === '' ? String(entry.hunk.line) : ''}`;
      pieces.set(key, [...(pieces.get(key) ?? []), { entry, changes }]);
    }
  return { entries, groups: groupsOf(pieces, ground), renames };
}

function groupsOf(pieces: ReadonlyMap<string, readonly Piece[]>, ground: Ground): readonly Group[] {
  return [...pieces]
    .filter(([, list]) => list.some((p) => p.changes.some(counts)))
    .map(([key, list]) => ({
      cFunction: /^\w*/.exec(key.slice(key.lastIndexOf(' ') + 1).replace(/^\d+$/, ''))![0],
      pieces: list,
      elements: list.flatMap((p, i) => elementsOf(p.changes, i, ground.known)),
    }));
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
  return change.sign !== ' ' && !isHarmless(change.unit);
}
