/** The widest line that a report prints. */
export const WIDTH = 150;

const GAP = '  ';
/** The last column gives first, down to this width. */
const LAST = 48;
/** No other column is made narrower than this. */
const NARROW = 24;

/**
 * Lays rows out in columns as wide as their widest cell, at most {@link WIDTH} in all. Cells that do not fit are cut and end in `...`; nothing is wrapped.
 */
export function layColumns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  fit(widths);
  return [head, ...rows].map((row) => lineOf(row, widths)).join('\n');
}

/** Narrows the widths until they fit: first the last column down to {@link LAST}, then the widest of the others. */
function fit(widths: number[]): void {
  const last = widths.length - 1;
  const total = (): number => widths.reduce((sum, w) => sum + w, 0) + GAP.length * last;
  widths[last] = Math.max(Math.min(LAST, widths[last]), widths[last] - Math.max(0, total() - WIDTH));
  while (total() > WIDTH) {
    const others = widths.slice(0, last);
    const widest = others.indexOf(Math.max(...others));
    if (widths[widest] <= NARROW) {
      widths[last] = Math.max(8, widths[last] - (total() - WIDTH));
      return;
    }
    widths[widest]--;
  }
}

function lineOf(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, i) => cut(cell, widths[i]).padEnd(widths[i]))
    .join(GAP)
    .trimEnd();
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`;
}
