import { MAX_OPERATIONS, NOT_COMPARED, type Machine, type ProgramStep } from '../machine/machine.js';
import { MMF } from '../kernel/oom.js';
import { PAGE_WORDS } from '../machine/geometry.js';
import { MM, VPAGE } from '../machine/layout.js';
import { backedValue } from '../oracle/backing.js';
import { isChosen, isDiscardable } from '../oracle/objects.js';
import { bitOf, describeValue, FIRST_TAG, MAX_WRITES } from '../machine/values.js';

/** What a run left to see: what its accesses returned, and what a fresh reader gets. */

/** Contents of every word of every page, mm by mm. */
export function finalMemory(m: Machine): Int32Array {
  const total = m.layout.geometry.mms * m.layout.pages;
  const out = new Int32Array(total * PAGE_WORDS);
  for (let addr = 0; addr < total; addr++)
    for (let k = 0; k < PAGE_WORDS; k++) out[addr * PAGE_WORDS + k] = backedValue(m, addr, k);
  return out;
}

/**
 * The same, for comparing two models: whether the oom reaper takes the memory of a victim, and reclaim a page that
 * MADV_FREE gave away, is the kernel's to decide, so that what is left of either is not compared, nor what stood in such a
 * page beside a word that was written to it.
 */
export function comparedMemory(m: Machine): Int32Array {
  const out = finalMemory(m);
  const words = m.layout.pages * PAGE_WORDS;
  for (let mm = 0; mm < m.layout.geometry.mms; mm++) {
    if ((m.words[m.layout.mmAt(mm) + MM.FLAGS] & MMF.VICTIM) !== 0)
      out.fill(NOT_COMPARED, mm * words, (mm + 1) * words);
  }
  for (let addr = 0; addr < m.layout.geometry.mms * m.layout.pages; addr++) {
    const object = m.words[m.layout.vpage(addr) + VPAGE.OBJECT] - 1;
    for (let k = 0; k < PAGE_WORDS; k++)
      if (isDiscardable(m, object) || isChosen(m, object, k)) out[addr * PAGE_WORDS + k] = NOT_COMPARED;
  }
  return out;
}

/** What of two runs is compared: nothing that follows from a write whose outcome is not. */
export interface Comparable {
  /** See Machine.results. */
  readonly results: Int32Array;
  readonly memory: Int32Array;
  readonly programs: readonly (readonly ProgramStep[])[];
}

/** Place of the first result of an operation, or -1, in which two runs differ. */
export function differingResult(a: Comparable, b: Comparable): number {
  // a read returns its value plus one
  return differing(a, b, a.results, b.results, 1);
}

/** Place of the first word of memory, or -1, in which two runs differ at the end. */
export function differingWord(a: Comparable, b: Comparable): number {
  return differing(a, b, a.memory, b.memory, 0);
}

/** Place of the first number that says another value in `y` than in `x`, when it is `plus` more than the value. */
function differing(a: Comparable, b: Comparable, x: Int32Array, y: Int32Array, plus: number): number {
  let open = -1;
  for (let i = 0; i < x.length; i++) {
    if (x[i] === y[i] || x[i] === NOT_COMPARED || y[i] === NOT_COMPARED) continue;
    if (open < 0) open = openWrites(a) | openWrites(b);
    if (!isAmong(open, x[i] - plus) && !isAmong(open, y[i] - plus)) return i;
  }
  return -1;
}

/** Bits of the values of writes that may land or be refused, and either is right. */
function openWrites({ results, programs }: Comparable): number {
  let bits = 0;
  programs.forEach((program, thread) => {
    program.forEach(({ tag }, operation) => {
      if (tag !== 0 && results[thread * MAX_OPERATIONS + operation] === NOT_COMPARED) bits |= bitOf(tag);
    });
  });
  return bits;
}

const isAmong = (writes: number, value: number): boolean =>
  value >= FIRST_TAG && value < FIRST_TAG + MAX_WRITES && (writes & bitOf(value)) !== 0;

const ERRORS = ['', 'SIGSEGV', 'SIGBUS', 'refused'];

/** `w3`, `SIGSEGV`, `(discarding)`, or '' for an operation that returns nothing. */
export function describeResult(result: number): string {
  if (result === 0) return '';
  if (result === NOT_COMPARED) return '(discarding)';
  return result < 0 ? ERRORS[-result] : describeValue(result - 1);
}

/** The results of all threads, operation by operation. */
export function describeResults(results: Int32Array): string {
  const out: string[] = [];
  for (let i = 0; i < results.length; i++) {
    if (results[i] !== 0)
      out.push(`${Math.floor(i / MAX_OPERATIONS)}.${i % MAX_OPERATIONS}=${describeResult(results[i])}`);
  }
  return out.join(' ');
}
