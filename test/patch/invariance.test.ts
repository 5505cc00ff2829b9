import { expect, test } from '@jest/globals';
import { kernelWords } from '../../src/kernel/verbs.js';
import { printEdits } from '../../src/program/edit-listing.js';
import type { Operation, Step } from '../../src/program/step.js';
import { generated, type Generated } from './generated.js';
import { operations, placeText } from './placing.js';

/**
 * What does not change a patch's meaning changes nothing of what is run for it: the same edits in the same hunks, and so,
 * with the same seed, the same judgement.
 */
const words = kernelWords.withOperations(operations);
const BASES = ['v4.14', 'v6.6'];

/** The hunks by their places in the file: function, verdict, edits. */
function hunksOf(diff: string, base: string): readonly string[] {
  const { hunks } = placeText(diff, base);
  const text = (edits: (typeof hunks)[number]['edits']): string => printEdits(edits, words).trim();
  return hunks
    .map((h) => ({ at: h.fileLine, text: `${h.function} ${h.verdict} ${text(h.edits)}` }))
    .sort((a, b) => a.at - b.at || (a.text < b.text ? -1 : 1))
    .map((h) => h.text);
}

function some(seed: string, count: number): readonly Generated[] {
  const out: Generated[] = [];
  for (const patch of generated(seed, BASES)) {
    out.push(patch);
    if (out.length === count) break;
  }
  return out;
}

test('moving the functions to another file changes nothing', () => {
  for (const { diff, base } of some('moved', 30)) {
    const moved = diff.replace(/([ab])\/[\w./]+/g, '$1/kernel/elsewhere.c');
    expect(hunksOf(moved, base.name)).toEqual(hunksOf(diff, base.name));
  }
});

test('hunks in another order change nothing', () => {
  let several = 0;
  for (const { diff, base } of some('turned', 200)) {
    const [head, ...hunks] = diff.split(/^(?=@@ )/m);
    if (hunks.length < 2) continue;
    several++;
    const turned = head + hunks.reverse().join('');
    expect(hunksOf(turned, base.name)).toEqual(hunksOf(diff, base.name));
  }
  expect(several).toBeGreaterThan(5);
});

test('other names for the variables place nothing elsewhere, and are nearly always understood', () => {
  let [same, less] = [0, 0];
  for (const { diff, base, operation } of some('renamed', 60)) {
    const before = hunksOf(diff, base.name);
    const own = operations.find((o) => o.name === operation)!;
    const after = hunksOf(renamed(diff, own), base.name);
    if (after.join() === before.join()) same++;
    else {
      less++;
      // what was placed is refused then, never placed as something else
      after.forEach((text, i) => expect(text === before[i] || !text.includes(' placed ')).toBe(true));
    }
  }
  expect(same).toBeGreaterThan(5 * less);
});

/** All registers of the operation and of what stands in its functions by other names; calls and constants keep theirs. */
function renamed(diff: string, operation: Operation): string {
  const names = new Set([...operation.takes, ...operation.gives, ...operation.locals].map((r) => r.name));
  const calls = new Set(verbsIn(operation.steps));
  const change = (line: string): string =>
    line.replace(/\b[a-z_]\w*\b(?!\()/g, (w) => (names.has(w) && !calls.has(w) ? `${w}_there` : w));
  return diff
    .split('\n')
    .map((line) => (/^(diff |---|\+\+\+|@@)/.test(line) ? line : change(line)))
    .join('\n');
}

function verbsIn(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((s) => (s.kind === 'label' ? [s.name] : s.kind === 'goto' ? [s.label] : []));
}
