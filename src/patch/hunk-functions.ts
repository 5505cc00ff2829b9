import { tokensOf } from './c-tokens.js';
import type { Change } from './changes.js';
import type { Hunk } from './series.js';
import type { Renames } from './sides.js';

/** The changes of a hunk by the C function that they stand in; '' where the hunk does not show which. */
export function byFunction(
  hunk: Hunk,
  changes: readonly Change[],
  renames: Renames,
): ReadonlyMap<string, readonly Change[]> {
  const out = new Map<string, Change[]>();
  const named = headerFunction(hunk.function ?? '');
  let current = renames.get(named) ?? named;
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

/** The function in `static bool page_mkclean_one(struct page *page, struct vm_area_struct *vma,`; '' if it is none. */
export function headerFunction(header: string): string {
  const tokens = tokensOf([header]);
  const open = tokens.findIndex((t) => t.text === '(');
  const name = tokens[open - 1];
  if (open < 1 || name.kind !== 'word' || ['struct', 'enum', 'union', 'if', 'for'].includes(tokens[0].text))
    return '';
  return tokens.some((t) => t.text === '=') ? '' : name.text;
}
