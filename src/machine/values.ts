/**
 * Values of words. The low five bits say which bit stands for the value in a set of values: 0 for the value 0, 1 for
 * an initial value (the upper bits say whose), 2 and up for the write that left it. A write's value depends on its
 * thread and operation alone, never on the order of execution.
 */

export const FIRST_TAG = 2;
/** Writes that one case can tell apart. */
export const MAX_WRITES = 28;

export const bitOf = (value: number): number => 1 << (value & 31);

/** Initial value of word `word` of the page with the given number. */
export const initialValue = (page: number, word: number): number => 1 | ((page * 2 + word + 2) << 5);

/** Initial value of word `word` of every page of a mergeable region: all of them start equal. */
export const twinValue = (word: number): number => 1 | (word << 5);

/** `w3` for the third write, `i4` for an initial value, `nothing` where nothing holds one: how people read a value. */
export function describeValue(value: number): string {
  if (value < 0) return 'nothing';
  if (value === 0) return '0';
  if ((value & 31) === 1) return `i${value >> 5}`;
  return `w${value - FIRST_TAG + 1}`;
}
