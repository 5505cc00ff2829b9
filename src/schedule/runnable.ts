/** Hot. Bit sets of threads: bit t stands for thread t. */

export function isIn(set: number, thread: number): boolean {
  return thread >= 0 && ((set >>> thread) & 1) !== 0;
}

export function sizeOf(set: number): number {
  let n = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) n++;
  return n;
}

/** The n-th member from 0, in the order of thread numbers; `n` is less than the size. */
export function memberOf(set: number, n: number): number {
  let rest = set;
  for (let i = 0; i < n; i++) rest &= rest - 1;
  return 31 - Math.clz32(rest & -rest);
}
