import { checkPaths } from '../program/check-paths.js';
import type { Edit, Model } from '../program/model.js';
import type { Operation } from '../program/step.js';
import { editedOperation } from './difference.js';
import type { Placement } from './placement.js';

/**
 * By hunk, what the edited functions do wrong on some path and the base does on none: a lock, a range or a reference that
 * is not given back, a call that may sleep under a spinlock. Nothing is run: see checkPaths for what it cannot know. A hunk
 * has what it does alone; what no hunk does alone is had by all hunks of the function.
 */
export function imbalances(
  { base, hunks }: Placement,
  operations: readonly Operation[],
): readonly (readonly string[])[] {
  const edited = new Set(hunks.flatMap((h) => h.edits.map(editedOperation)));
  const functions = operations.filter((o) => edited.has(o.name));
  if (functions.length === 0) return hunks.map(() => []);
  const before = new Set(problemsOf(functions, base.model, []));
  const isNew = (text: string): boolean => !before.has(text);
  const all = problemsOf(
    functions,
    base.model,
    hunks.flatMap((h) => h.edits),
  ).filter(isNew);
  const alone = hunks.map((h) =>
    all.length === 0 || h.edits.length === 0
      ? []
      : problemsOf(functions, base.model, h.edits).filter((text) => all.includes(text)),
  );
  return hunks.map((h, i) => {
    const own = new Set(h.edits.map(editedOperation));
    const shared = all.filter((text) => !alone.flat().includes(text) && own.has(functionIn(text)));
    return [...alone[i], ...shared];
  });
}

function problemsOf(functions: readonly Operation[], base: Model, edits: readonly Edit[]): readonly string[] {
  const model = { ...base, edits: [...base.edits, ...edits] };
  return checkPaths(functions, model).map(({ path, text }) => `${path}: ${text}`);
}

/** `replace_page` of `replace_page:4 …: …`. */
function functionIn(text: string): string {
  return text.slice(0, text.indexOf(':'));
}
