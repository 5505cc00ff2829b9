import type { Edit } from '../program/model.js';
import { byFunction } from './hunk-functions.js';
import type { HunkVerdict, PlacedHunk } from './placement.js';
import type { Entry } from './reading.js';
import type { Hunk } from './series.js';
import { sidesOf, type Renames } from './sides.js';

/** What was found out about a piece of a hunk. */
export interface Outcome {
  readonly verdict: HunkVerdict;
  readonly line: number;
  readonly why: string;
  readonly function: string;
  readonly edits: readonly Edit[];
  /** A call in what was not placed that the model knows. */
  readonly lacks?: string | undefined;
}

const WORST: readonly HunkVerdict[] = ['not-placeable', 'not-modelled', 'placed', 'harmless'];

/** The verdict of a hunk: the worst of its pieces'; harmless when nothing was found. */
export function conclude(
  entry: Entry,
  outcomes: readonly Outcome[],
  patch: number,
  renames: Renames,
): PlacedHunk {
  const { file, hunk, settled } = entry;
  const worst = [...outcomes].sort((a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict))[0];
  const header = [...byFunction(hunk, entry.changes, renames).keys()][0] ?? '';
  const result = worst ?? {
    verdict: settled?.verdict ?? 'harmless',
    line: hunk.lines.find((l) => l.kind !== 'context')?.line ?? hunk.line,
    why: settled?.why ?? whyHarmless(entry, renames),
    function: header,
  };
  const lacks = outcomes.find((o) => o.lacks !== undefined)?.lacks;
  return {
    ...(lacks === undefined ? {} : { lacks }),
    patch,
    file: file.path,
    line: result.line,
    fileLine: fileLineOf(hunk, result.line),
    function: result.function === '' ? header : result.function,
    verdict: result.verdict,
    edits: outcomes.flatMap((o) => o.edits),
    why: result.why,
    text: textOf(hunk),
  };
}

function whyHarmless(entry: Entry, renames: Renames): string {
  const changed = entry.changes.filter((c) => c.sign !== ' ');
  if (changed.some((c) => c.unit.calls.length > 0)) return 'the model does the same before and after it';
  if (changed.length > 0) return 'declarations only';
  if (definesOnly(entry.hunk))
    return 'a function stands elsewhere, or is split off, and does what was done before';
  const words = entry.hunk.lines.flatMap((l) => (l.kind === 'added' ? (l.text.match(/\w+/g) ?? []) : []));
  const renamed = words.find((w) => renames.has(w));
  if (renamed !== undefined) return `${renames.get(renamed)!} is renamed to ${renamed}`;
  const { before } = sidesOf(entry.hunk, renames);
  return before.some((u) => u.changed) ? 'it says the same in other words' : 'comments and blanks';
}

/** The hunk adds or removes lines of code, and after all changes no unit. */
function definesOnly(hunk: Hunk): boolean {
  const { before, after } = sidesOf(hunk, new Map());
  return before.filter((u) => u.changed).length !== after.filter((u) => u.changed).length;
}

/** Of what was removed: where it stood, the line that comes next. */
function fileLineOf(hunk: Hunk, line: number): number {
  const numbered = hunk.lines.filter((l) => l.newLine !== undefined);
  return (numbered.find((l) => l.line >= line) ?? numbered.at(-1))?.newLine ?? hunk.newStart;
}

function textOf(hunk: Hunk): string {
  const sign = { context: ' ', removed: '-', added: '+' } as const;
  const count = (without: 'added' | 'removed'): number => hunk.lines.filter((l) => l.kind !== without).length;
  const name = hunk.function === undefined ? '' : ` ${hunk.function}`;
  const header = `@@ -${hunk.oldStart},${count('added')} +${hunk.newStart},${count('removed')} @@${name}`;
  return [header, ...hunk.lines.map((l) => sign[l.kind] + l.text)].join('\n');
}
