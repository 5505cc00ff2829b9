/**
 * Who runs next. Three methods, as Shuttle's. A scheduler sees which threads could run and decides; it never sees the
 * words, so that the same decisions can be made over another model.
 */
export interface Scheduler {
  readonly name: string;
  /**
   * A new run begins. `threads`: how many there are. `expectedSteps`: a guess of its length. `lengths`: a guess of each
   * thread's steps, equal shares when it is left out. `cpus`: the threads from this one on are devices.
   */
  begin(threads: number, expectedSteps: number, lengths?: readonly number[], cpus?: number): void;
  /**
   * The thread to run next. `runnable`: bit set of threads that are unfinished and not known to wait; never 0.
   * `last`: the thread that ran the step before, -1 at the start. `did`: what that step did.
   */
  next(runnable: number, last: number, step: number, did?: LastStep): number;
  /** The chosen thread could not go on; another is asked for. */
  waited(t: number): void;
}

/** What the step that was just made did, for schedulers that look for windows. */
export interface LastStep {
  /** It took something away from an entry. */
  readonly tookAway: boolean;
  /** Somebody caches what it took away. */
  readonly leftBehind: boolean;
  /** Its thread holds a spinlock. */
  readonly atomic: boolean;
  /** Its program operation has returned. */
  readonly returned: boolean;
  /** The thread stands before a step that only one of the two models has. */
  readonly differs: boolean;
}
