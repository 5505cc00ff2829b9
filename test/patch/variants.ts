import { kernelWords } from '../../src/kernel/verbs.js';
import { printC } from '../../src/patch/print-c.js';
import { printDiff } from '../../src/patch/print-diff.js';
import { printEdits } from '../../src/program/edit-listing.js';
import type { Model } from '../../src/program/model.js';
import type { Operation, Step } from '../../src/program/step.js';
import type { Generated } from './generated.js';
import { operations, placeText } from './placing.js';

/**
 * What does not change a patch's meaning: other names for the variables, another file, the hunks in another order. The
 * same edits in the same hunks are the same runs with the same seed, and so the same verdict.
 */
export const VARIANTS = {
  renamed: (g: Generated): string | undefined => renamed(g.diff, operationOf(g)),
  moved: ({ diff }: Generated): string | undefined =>
    diff.replace(/([ab])\/[\w./]+/g, '$1/kernel/elsewhere.c'),
  turned: ({ diff }: Generated): string | undefined => {
    const [head, ...hunks] = diff.split(/^(?=@@ )/m);
    return hunks.length < 2 ? undefined : head + hunks.reverse().join('');
  },
} as const;

/**
 * `same` hunks with the same edits; `refused`: what was placed is refused, and nothing is placed otherwise; `whole`:
 * refused, but understood when the diff shows the whole function, as `--tree` reads it; `OTHER`: something else is placed.
 */
export type Likeness = 'same' | 'refused' | 'whole' | 'OTHER';

const words = kernelWords.withOperations(operations);

/** How a variant of the patch is placed beside the patch itself. */
export function likeness(g: Generated, variant: string): Likeness {
  const [before, after] = [hunksOf(g.diff, g.base.name), hunksOf(variant, g.base.name)];
  if (after.join() === before.join() || placedAlike(g, variant)) return 'same';
  const placesElse =
    after.length !== before.length || after.some((t) => t.includes(' placed ') && !before.includes(t));
  if (placesElse) return 'OTHER';
  return understoodWhole(g) ? 'whole' : 'refused';
}

/** The hunks by their places in the file: function, verdict, edits. */
function hunksOf(diff: string, base: string): readonly string[] {
  const { hunks } = placeText(diff, base);
  const text = (edits: (typeof hunks)[number]['edits']): string => printEdits(edits, words).trim();
  return hunks
    .map((h) => ({ at: h.fileLine, text: `${h.function} ${h.verdict} ${text(h.edits)}` }))
    .sort((a, b) => a.at - b.at || (a.text < b.text ? -1 : 1))
    .map((h) => h.text);
}

/** Every hunk is placed and gives the operation that was meant, however the edits find their places: after one step or before the next. */
function placedAlike(g: Generated, variant: string): boolean {
  const operation = operationOf(g);
  const { hunks, model } = placeText(variant, g.base.name);
  const wanted = { ...g.base, edits: [...g.base.edits, ...g.edits] };
  return hunks.every((h) => h.verdict === 'placed') && listed(operation, model) === listed(operation, wanted);
}

const listed = (operation: Operation, model: Model): string => JSON.stringify([...printC(operation, model)]);

/** With other names for the variables and every line of the function around it, the change is the one that was printed. */
function understoodWhole(g: Generated): boolean {
  const operation = operationOf(g);
  const wanted = { ...g.base, edits: [...g.base.edits, ...g.edits] };
  const whole = printDiff([operation], g.base, wanted, Infinity);
  const { hunks, model } = placeText(renamed(whole, operation), g.base.name);
  return hunks.every((h) => h.verdict === 'placed') && listed(operation, model) === listed(operation, wanted);
}

const operationOf = ({ operation }: Generated): Operation => operations.find((o) => o.name === operation)!;

/** All registers of the operation by other names; calls, labels and constants keep theirs. */
function renamed(diff: string, operation: Operation): string {
  const names = new Set([...operation.takes, ...operation.gives, ...operation.locals].map((r) => r.name));
  const labels = new Set(labelsIn(operation.steps));
  const change = (line: string): string =>
    line.replace(/\b[a-z_]\w*\b(?!\()/g, (w) => (names.has(w) && !labels.has(w) ? `${w}_there` : w));
  return diff
    .split('\n')
    .map((line) => (/^(diff |---|\+\+\+|@@)/.test(line) ? line : change(line)))
    .join('\n');
}

function labelsIn(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((s) => (s.kind === 'label' ? [s.name] : s.kind === 'goto' ? [s.label] : []));
}
