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
   * `last`: the thread that ran the step before, -1 at the start. The rest is for schedulers that look for windows.
   * `changing`: threads that left a cached translation behind in that step. `atomic`: the last one holds a spinlock.
   * `returned`: its operation has returned.
   */
  next(
    runnable: number,
    last: number,
    step: number,
    changing?: number,
    atomic?: boolean,
    returned?: boolean,
  ): number;
  /** The chosen thread could not go on; another is asked for. */
  waited(t: number): void;
}
