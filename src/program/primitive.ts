/** How a primitive uses an argument: reads its value, or writes the register. */
export type Mode = 'in' | 'out';

export interface Param {
  readonly name: string;
  readonly mode: Mode;
}

/** What a run of a primitive answers. */
export const BLOCKED = -1; // the words are untouched; the thread waits until something changes
export const AGAIN = -2; // a part of the step ran; the thread stands before it again, and others may act first
export const NO = 0; // a test that does not hold
export const DONE = 1; // a step that ran, or a test that holds

/**
 * What the static checks need to know of a primitive: what it opens and closes.
 * `resource` is a kind (`ptl`, `mmap_lock`, `range`, `page_ref`, …), the argument at `of` says which one.
 */
export interface Effect {
  readonly does: 'take' | 'release';
  readonly resource: string;
  readonly of?: number;
}

/**
 * A lock is taken alone or together with others who share it, by a step that waits until it can be, or given back by who
 * has it. A step that tries, or looks who has it, does none of these.
 */
export type LockUse = 'take' | 'share' | 'release';

/**
 * One kernel primitive: its name (the C callee's), its arguments, what it does to the words.
 *
 * - `visible`: other threads can see it or disturb it; a scheduling point stands before it.
 *   Otherwise it touches thread-private state alone and joins the step before it.
 * - `test`: its answer (DONE or NO) chooses a branch.
 * - `value`: pure; its answer is a number that an argument of another step takes.
 */
export interface Primitive {
  readonly name: string;
  readonly params: readonly Param[];
  readonly shape: 'step' | 'test' | 'value';
  readonly visible: boolean;
  readonly sleeps: boolean;
  readonly effect?: Effect;
  /**
   * Guards steps that leave behind what they found (a chain of callbacks): checks without a run follow them once for
   * each set of locks held, not once a path.
   */
  readonly aside?: boolean;
  /** What the step does to the one lock that it is about; it uses the lock's word for nothing else. */
  readonly lock?: LockUse;
  /**
   * `m` is the machine (see machine/machine.ts), `t` the thread's index. An `in` argument arrives as its value,
   * an `out` argument as the index of its word.
   */
  run(m: object, t: number, a: number, b: number, c: number, d: number): number;
}

/** `'addr'` reads, `'>page'` writes. */
export function params(spec: readonly string[]): readonly Param[] {
  return spec.map((s) => (s.startsWith('>') ? { name: s.slice(1), mode: 'out' } : { name: s, mode: 'in' }));
}
