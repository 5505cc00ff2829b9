import type { Case } from '../scenario/case.js';
import type { Scheduler } from '../schedule/scheduler.js';
import type { Workbench } from '../run/workbench.js';

/** One case of an audit, and the scheduler that goes with it; the same for the same index. */
export type DrawCase = (index: number) => { readonly c: Case; readonly scheduler: Scheduler };

/** Where the notifications of a model run: in which cases, how often. */
export interface SlotVisits {
  /** Indices of cases, in order, by `site:slot`. */
  readonly cases: ReadonlyMap<string, readonly number[]>;
  readonly times: ReadonlyMap<string, number>;
  /** Cases in which the model itself fails. */
  readonly failing: ReadonlySet<number>;
}

/**
 * Runs the model on the cases below `count`. A mute changes nothing before its slot is reached for the first time: a case
 * that is not in the slot's list is the same run with it.
 */
export function slotVisits(bench: Workbench, count: number, draw: DrawCase): SlotVisits {
  const slotOf = bench.code.instructions.map((i) =>
    i.info.slot === undefined || i.idle ? '' : `${i.info.site}:${i.info.slot}`,
  );
  const cases = new Map<string, number[]>();
  const times = new Map<string, number>();
  const failing = new Set<number>();
  for (let index = 0; index < count; index++) {
    const { c, scheduler } = draw(index);
    bench.run(bench.prepare(c), scheduler);
    if (bench.memory.violation !== undefined) failing.add(index);
    for (let i = 0; i < bench.recorder.length; i++) {
      const slot = slotOf[bench.recorder.pcs[i]];
      if (slot === '') continue;
      times.set(slot, (times.get(slot) ?? 0) + 1);
      const among = cases.get(slot);
      if (among === undefined) cases.set(slot, [index]);
      else if (among.at(-1) !== index) among.push(index);
    }
  }
  return { cases, times, failing };
}
