import { unturned } from './conditions.js';
import type { Sides, SideUnit } from './sides.js';

/** A unit that both sides of a hunk have, under the same conditions, or that one of them has. */
export interface Change {
  readonly sign: ' ' | '-' | '+';
  readonly unit: SideUnit;
  /** The same unit as it stands after the patch, if both sides have it. */
  readonly after?: SideUnit;
  /** It does nothing by itself: a variable that comes or goes, and what sets it. */
  readonly idle?: boolean;
  /** The condition as it is after the patch, when only the condition changed and not what stands under it. */
  readonly turned?: SideUnit;
  /** 1-based line of the text that was read. */
  readonly line: number;
}

const LIMIT = 16_000_000;

/** What a hunk does to the C, unit by unit, in order; undefined if it is too long to be compared. */
export function changesOf({ before, after }: Sides): readonly Change[] | undefined {
  if (before.length * after.length > LIMIT) return undefined;
  const { after: plain, turns } = unturned(before, after);
  return merge(before, plain).map(([a, b]): Change => {
    if (a !== undefined && b !== undefined) {
      const turned = turns.get(b);
      return { sign: ' ', unit: a, after: b, line: a.line, ...(turned === undefined ? {} : { turned }) };
    }
    return a !== undefined ? { sign: '-', unit: a, line: a.line } : { sign: '+', unit: b!, line: b!.line };
  });
}

type Row = readonly [SideUnit | undefined, SideUnit | undefined];
type List = readonly SideUnit[];

/** The same unit, be it in the words of another release. */
const same = (a: SideUnit, b: SideUnit): boolean =>
  a.kind === b.kind &&
  (a.around === b.around || a.plain.around === b.plain.around) &&
  (a.text === b.text || a.plain.text === b.plain.text || (a.plain.own === b.plain.own && renamed(a, b)));

/** One call has another name: its arguments may stand in another order. */
const renamed = (a: SideUnit, b: SideUnit): boolean => a.plain.calls !== b.plain.calls;

/** A label that stays is worth more than statements that pass it; what the diff shows as context is worth a little more. */
const worth = (a: SideUnit, b: SideUnit): number =>
  (a.kind === 'label' ? 4 : a.kind === 'test' ? 3 : 2) + (a.line === b.line ? 1 : 0);

/** The two lists as one: the best common subsequence, removals before additions. */
function merge(before: List, after: List): readonly Row[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && same(before[head], after[head])) head++;
  let tail = 0;
  while (tail < most - head && same(before[before.length - 1 - tail], after[after.length - 1 - tail])) tail++;
  const [b, a] = [before.length - tail, after.length - tail];
  return [
    ...before.slice(0, head).map((unit, i): Row => [unit, after[i]]),
    ...common(before.slice(head, b), after.slice(head, a)),
    ...before.slice(b).map((unit, i): Row => [unit, after[a + i]]),
  ];
}

function common(a: List, b: List): readonly Row[] {
  const best = Array.from({ length: a.length + 1 }, () => new Int32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i][j] = Math.max(
        same(a[i], b[j]) ? best[i + 1][j + 1] + worth(a[i], b[j]) : 0,
        best[i + 1][j],
        best[i][j + 1],
      );
  const out: Row[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (
      i < a.length &&
      j < b.length &&
      same(a[i], b[j]) &&
      best[i][j] === best[i + 1][j + 1] + worth(a[i], b[j])
    )
      out.push([a[i++], b[j++]]);
    else if (j >= b.length || (i < a.length && best[i + 1][j] >= best[i][j + 1]))
      out.push([a[i++], undefined]);
    else out.push([undefined, b[j++]]);
  }
  return out;
}
