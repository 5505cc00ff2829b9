import { callables } from '../../models/models.js';
import { runtime } from '../../src/machine/execute.js';
import { ORACLES } from '../../src/oracle/oracles.js';
import { lower, type Code } from '../../src/program/lower.js';
import type { Model } from '../../src/program/model.js';
import { Workbench } from '../../src/run/workbench.js';
import type { Case } from '../../src/scenario/case.js';
import type { Scheduler } from '../../src/schedule/scheduler.js';

/** Where the notifications of a model run: in which cases, how often. */
export interface SlotVisits {
  /** Indices of cases, in order, by `site:slot`. */
  readonly cases: ReadonlyMap<string, readonly number[]>;
  readonly times: ReadonlyMap<string, number>;
  /** Cases in which the model itself fails. */
  readonly failing: readonly number[];
}

/**
 * Runs the model on the cases below `count`. A mute changes nothing before its slot is reached for the first time: a case
 * that is not in the slot's list is the same run with it.
 */
export function slotVisits(
  model: Model,
  reference: Model,
  count: number,
  draw: (index: number) => { c: Case; scheduler: Scheduler },
): SlotVisits {
  const programs = callables.map((c) => c.operation);
  const [code] = lower(programs, [model, reference], runtime) as [Code, Code];
  const bench = new Workbench(code, new Map(callables.map((c) => [c.operation.name, c])), ORACLES);
  const slotOf = code.instructions.map((i) =>
    i.info.slot === undefined ? '' : `${i.info.site}:${i.info.slot}`,
  );
  const cases = new Map<string, number[]>();
  const times = new Map<string, number>();
  const failing: number[] = [];
  for (let index = 0; index < count; index++) {
    const { c, scheduler } = draw(index);
    bench.run(bench.prepare(c), scheduler);
    if (bench.memory.violation !== undefined) failing.push(index);
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
