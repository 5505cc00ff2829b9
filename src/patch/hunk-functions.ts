import { tokensOf } from './c-tokens.js';
import type { Change } from './changes.js';
import type { Hunk } from './series.js';
import type { Renames } from './sides.js';

/**
 * The changes of a hunk by the C function that they stand in; '' where the hunk does not show which. `begin`: the function
 * that the hunk begins in, if it is known otherwise than by its heading.
 */
export function byFunction(
  hunk: Hunk,
  changes: readonly Change[],
  renames: Renames,
  begin = beginsIn(hunk, renames),
): ReadonlyMap<string, readonly Change[]> {
  const out = new Map<string, Change[]>();
  let current = begin;
  for (const change of changes) {
    const { inside, kind } = change.unit;
    if (kind === 'function' || kind === 'data') {
      current = '';
      if (kind === 'function') continue; // the head of a definition is no step
    }
    const name = inside ?? current;
    const list = out.get(name);
    if (list === undefined) out.set(name, [change]);
    else list.push(change);
  }
  return out;
}

/** The function that the heading names, by its old name. */
function beginsIn(hunk: Hunk, renames: Renames): string {
  const named = headerFunction(hunk.function ?? '');
  return renames.get(named) ?? named;
}

/** The function in which the hunk ends, '' if it does not show which. */
function endsIn(hunk: Hunk, changes: readonly Change[], renames: Renames, begin: string): string {
  const names = [...byFunction(hunk, changes, renames, begin).keys()];
  if (names.length === 1) return names[0];
  const last = changes.at(-1);
  return last?.unit.inside ?? '';
}

/** The heading is a label in column 0, which git takes for a function where it is not told that the file is C; or there is none. */
export function isNameless(hunk: Hunk): boolean {
  return hunk.function === undefined || LABEL.test(hunk.function);
}

export const LABEL = /^(\w+)\s*:(?!:)/;

interface Read {
  readonly hunk: Hunk;
  readonly changes: readonly Change[];
}

/**
 * The functions that the hunks of one file begin in. One that its heading does not name is in the function in which the
 * hunk before it ends, if the next that is named begins there too: then it goes on from the one to the other.
 */
export function beginnings(hunks: readonly Read[], renames: Renames): readonly string[] {
  const out: string[] = [];
  hunks.forEach(({ hunk }, i) => {
    const before = hunks[i - 1];
    const own = beginsIn(hunk, renames);
    if (own !== '' || !isNameless(hunk) || before === undefined) return out.push(own);
    const end = endsIn(before.hunk, before.changes, renames, out[i - 1]);
    const next = hunks.slice(i + 1).find((h) => !isNameless(h.hunk));
    return out.push(next !== undefined && beginsIn(next.hunk, renames) === end ? end : '');
  });
  return out;
}

/** The function in `static bool page_mkclean_one(struct page *page, struct vm_area_struct *vma,`; '' if it is none. */
export function headerFunction(header: string): string {
  const tokens = tokensOf([header]);
  const open = tokens.findIndex((t) => t.text === '(');
  const name = tokens[open - 1];
  if (open < 1 || name.kind !== 'word' || ['if', 'for'].includes(tokens[0].text)) return '';
  // a struct, not a function that gives one
  if (tokens.slice(0, open).some((t) => t.text === '{') || name.text.startsWith('__attribute')) return '';
  return tokens.some((t) => t.text === '=') ? '' : name.text;
}
