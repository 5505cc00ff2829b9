/** How shootdown ends. The README lists them. */
export enum ExitCode {
  /** Clean, or the replay reproduced what the file says. */
  Clean = 0,
  /** A candidate-only finding or an unexplained divergence, on any hardware drawn. */
  Findings = 1,
  /** Usage or malformed input. */
  BadInput = 2,
  /** A replay did not reproduce what the file says, or a litmus test shows what is not expected of it. */
  NotReproduced = 3,
  /** The campaign proves nothing: its canary was not caught. */
  ProvesNothing = 4,
  /** A bug in shootdown itself. */
  HarnessBug = 70,
  /** Ctrl-C. */
  Interrupted = 130,
}
