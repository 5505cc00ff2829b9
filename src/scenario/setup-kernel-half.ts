import { KERNEL, TABLE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { tableEntry } from '../kernel/entry.js';

/** The PMD of the kernel half holds the table that an earlier area left there: the last one, the others are the mms'. */
export function setUpKernelHalf(m: Machine): void {
  const { layout: L, words: w } = m;
  const table = L.tablesCount - 1;
  w[L.tableAt(table) + TABLE.KIND] = 1;
  w[L.tableAt(table) + TABLE.COUNT] = 1;
  w[L.kernel + KERNEL.PMD] = tableEntry(table);
}
