import type { Finding } from '../run/finding.js';
import type { Lab } from '../run/lab.js';

/** Thrown out of a run that was not begun because the campaign is stopping. Caught by whoever made the lab. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** The same lab; it throws {@link Stopped} instead of a run once `stopped` says so. Counts runs. */
export function stoppable(lab: Lab, stopped: () => boolean): { lab: Lab; runs: () => number } {
  let runs = 0;
  const begin = (): void => {
    runs++;
    if (stopped()) throw new Stopped('stopped');
  };
  const guarded: Lab = {
    callables: lab.callables,
    candidate: lab.candidate,
    reference: lab.reference,
    schedule(c, scheduler, side) {
      begin();
      return lab.schedule(c, scheduler, side);
    },
    replay(c, side) {
      begin();
      return lab.replay(c, side);
    },
    trace(c, side) {
      begin();
      return lab.trace(c, side);
    },
    judge(c, search): Finding | undefined {
      begin();
      return lab.judge(c, search);
    },
  };
  return { lab: guarded, runs: () => runs };
}
