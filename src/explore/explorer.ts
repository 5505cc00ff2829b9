import type { Machine } from '../machine/machine.js';
import type { Workbench } from '../run/workbench.js';
import type { Case } from '../scenario/case.js';
import type { Explored, Wanted } from './explored.js';
import { beginAgain, Futures, futuresTable } from './futures.js';
import { Search } from './search.js';

/** All interleavings of one case on one model, by depth-first search over states. */
export function explore(bench: Workbench, c: Case, wanted: Wanted): Explored {
  let futures = futuresFor(bench.prepare(c), wanted);
  for (;;) {
    const m = bench.prepare(c);
    const learned = futures && new Futures(futures, m.words.length);
    const found = { ...new Search(m, bench.memory, wanted, learned).run(), futures };
    if (!found.void || wanted.shared !== undefined || futures === undefined) return found;
    if (!beginAgain(futures)) futures = undefined;
  }
}

/** A bound of preemptions counts switches that steps taken alone would leave out. */
function futuresFor(m: Machine, { bounds, reductions, shared }: Wanted): SharedArrayBuffer | undefined {
  if (!reductions.footprints || bounds.preemptions !== Infinity) return undefined;
  return shared === undefined ? futuresTable(m.layout.threads, m.words.length) : shared.futures;
}
