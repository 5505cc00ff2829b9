import type { Model } from '../program/model.js';
import type { Operation } from '../program/step.js';
import { printC } from './print-c.js';

/**
 * What changes between two models as a unified diff of their operations' C, with `context` lines around each change;
 * '' when nothing that a C function shows changes.
 */
export function printDiff(
  operations: readonly Operation[],
  base: Model,
  patched: Model,
  context = 3,
): string {
  const byFile = new Map<string, string[]>();
  for (const operation of operations) {
    const [before, after] = [printC(operation, base), printC(operation, patched)];
    for (const [name, lines] of before) {
      const hunks = hunksOf(lines, after.get(name) ?? [], context, lines[0]);
      if (hunks.length > 0)
        byFile.set(fileOf(operation), [...(byFile.get(fileOf(operation)) ?? []), ...hunks]);
    }
  }
  return [...byFile]
    .map(([file, hunks]) => `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n${hunks.join('')}`)
    .join('');
}

/** Some operations are no C of the kernel; they are printed all the same. */
function fileOf({ from }: Operation): string {
  return /\.[ch]$/.test(from) ? from : `${from}.c`;
}

interface Row {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** The hunks between two texts; `heading` stands behind their `@@`. */
export function hunksOf(
  before: readonly string[],
  after: readonly string[],
  context: number,
  heading: string,
): readonly string[] {
  const rows = rowsOf(before, after);
  const wanted = rows.map((_, i) =>
    rows.slice(Math.max(0, i - context), i + context + 1).some((r) => r.sign !== ' '),
  );
  const out: string[] = [];
  let [old, now] = [1, 1];
  for (let i = 0; i < rows.length; i++) {
    if (wanted[i]) {
      const end = wanted.indexOf(false, i);
      const part = rows.slice(i, end < 0 ? rows.length : end);
      const count = (sign: Row['sign']): number => part.filter((r) => r.sign !== sign).length;
      out.push(
        `@@ -${old},${count('+')} +${now},${count('-')} @@ ${heading}\n` +
          part.map((r) => `${r.sign}${r.text}\n`).join(''),
      );
      old += count('+');
      now += count('-');
      i += part.length - 1;
      continue;
    }
    old++;
    now++;
  }
  return out;
}

function rowsOf(a: readonly string[], b: readonly string[]): readonly Row[] {
  const best = Array.from({ length: a.length + 1 }, () => new Int32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i][j] = a[i] === b[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
  const out: Row[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ sign: ' ', text: a[i++] });
      j++;
    } else if (j >= b.length || (i < a.length && best[i + 1][j] >= best[i][j + 1]))
      out.push({ sign: '-', text: a[i++] });
    else out.push({ sign: '+', text: b[j++] });
  }
  return out;
}
