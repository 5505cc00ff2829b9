import { callables, models } from '../../models/models.js';
import { kernelWords } from '../../src/kernel/verbs.js';
import { placeSeries } from '../../src/patch/place-series.js';
import type { Placement } from '../../src/patch/placement.js';
import { readSeries } from '../../src/patch/read-series.js';
import { printEdits } from '../../src/program/edit-listing.js';
import { operationsIn } from '../../src/program/operations-in.js';

export const operations = operationsIn(callables.map((c) => c.operation));
const words = kernelWords.withOperations(operations);

/** Places the diff that stands in a text. */
export function placeText(text: string, base?: string): Placement {
  return placeSeries(readSeries([{ subject: '', body: text }], 'the patch'), models, operations, base);
}

/** A line a hunk: its verdict, with the edits or the reason. */
export function summary(placement: Placement): readonly string[] {
  return placement.hunks.map((h) => {
    const edits = printEdits(h.edits, words)
      .trim()
      .split('\n')
      .map((l) => l.trim());
    return `${h.function} ${h.verdict}: ${h.verdict === 'placed' ? edits.join('; ') : h.why}`;
  });
}

/** A diff of one file; each hunk is its heading and its lines, counted here. */
export function diff(file: string, ...hunks: readonly (readonly [string, string])[]): string {
  let at = 100;
  const texts = hunks.map(([heading, text]) => {
    const lines = text.split('\n').slice(1, -1);
    const count = (sign: string): number => lines.filter((l) => !l.startsWith(sign)).length;
    at += 100;
    return `@@ -${at},${count('+')} +${at},${count('-')} @@ ${heading}\n${lines.join('\n')}\n`;
  });
  return `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n${texts.join('')}`;
}
