import { tokensOf } from './c-tokens.js';
import { unitsOf, type Unit } from './c-units.js';
import type { Hunk } from './series.js';
import { plainOwnText, plainText } from './wording.js';

/** A unit with its first changed line of the patch, or else its first; `changed`: it has one. */
export interface SideUnit extends Unit {
  readonly line: number;
  readonly changed: boolean;
  readonly plain: Plain;
}

/** What is compared of a unit, in words that every release has. */
export interface Plain {
  readonly text: string;
  /** With the arguments of calls that the steps have. */
  readonly own: string;
  readonly around: string;
  /** The names of its calls, as written. */
  readonly calls: string;
}

/** What a hunk shows of the file before the patch, and after it. */
export interface Sides {
  readonly before: readonly SideUnit[];
  readonly after: readonly SideUnit[];
}

/** Names that the patch changes everywhere: new name to old. */
export type Renames = ReadonlyMap<string, string>;

/** Both sides of the hunk as units; names that are new only as names are read as the old ones. */
export function sidesOf(hunk: Hunk, renames: Renames): Sides {
  return { before: sideOf(hunk, 'added', new Map()), after: sideOf(hunk, 'removed', renames) };
}

function sideOf(hunk: Hunk, without: 'added' | 'removed', renames: Renames): readonly SideUnit[] {
  const lines = hunk.lines.filter((l) => l.kind !== without);
  const tokens = tokensOf(lines.map((l) => l.text)).map((t) =>
    t.kind === 'word' && renames.has(t.text) ? { ...t, text: renames.get(t.text)! } : t,
  );
  return unitsOf(tokens).map((unit) => {
    const first = unit.tokens.find((t) => lines[t.at].kind !== 'context');
    return {
      ...unit,
      line: lines[first?.at ?? unit.at].line,
      changed: first !== undefined,
      plain: plainOf(unit),
    };
  });
}

export function plainOf({ text, around, calls }: Unit): Plain {
  return {
    text: plainText(text),
    own: plainOwnText(text),
    around: plainText(around),
    calls: calls.map((c) => c.name).join(),
  };
}
