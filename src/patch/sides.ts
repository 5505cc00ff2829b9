import { tokensOf } from './c-tokens.js';
import { unitsOf, type Unit } from './c-units.js';
import type { Hunk } from './series.js';

/** A unit with the line of the patch that it begins in; `changed`: that line is no context. */
export interface SideUnit extends Unit {
  readonly line: number;
  readonly changed: boolean;
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
    const line = lines[unit.at];
    const changed = unit.tokens.some((t) => lines[t.at].kind !== 'context');
    return { ...unit, line: line.line, changed };
  });
}
