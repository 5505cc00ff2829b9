import type { Prng } from '../base/prng.js';
import type { Stretch } from './stretch.js';

/** The same schedule, with a stretch of its own for each operation that ends in it. */
function byOperation(stretches: readonly Stretch[]): Stretch[] {
  const begun = new Map<number, number>();
  return stretches.flatMap((s) => {
    const out: Stretch[] = [];
    const ended = s.pc === 0 ? s.operation : s.operation - 1;
    for (let operation = begun.get(s.thread) ?? 0; operation <= ended; operation++)
      out.push({ thread: s.thread, operation, pc: 0, occurrence: 1 });
    begun.set(s.thread, ended + 1);
    if (s.pc !== 0) out.push(s);
    return out;
  });
}

/**
 * Schedules near a given one: each stretch moved to each earlier place, the nearest first. What a device did through a
 * translation that another kernel would have dropped, it can do there a little earlier. At most `limit` of them.
 */
export function* nearby(schedule: readonly Stretch[], limit: number): Generator<readonly Stretch[]> {
  const stretches = byOperation(schedule);
  let given = 0;
  for (let distance = 1; distance < stretches.length; distance++) {
    for (let from = distance; from < stretches.length; from++) {
      if (stretches[from].thread === stretches[from - distance].thread) continue;
      if (given++ >= limit) return;
      yield moved(stretches, from, from - distance);
    }
  }
}

/**
 * The same schedule without one of its stretches, then without two: a thread that one model lets run that far may do all
 * of it later in the other. At most `limit` of them.
 */
export function* without(schedule: readonly Stretch[], limit: number): Generator<readonly Stretch[]> {
  let given = 0;
  for (let second = -1; second < schedule.length; second++) {
    for (let first = second + 1; first < schedule.length; first++) {
      if (given++ >= limit) return;
      yield schedule.filter((_, i) => i !== first && i !== second);
    }
  }
}

/** The stretch at `from` stands at `to`; what its thread does between them goes first, in order. */
function moved(stretches: readonly Stretch[], from: number, to: number): Stretch[] {
  const { thread } = stretches[from];
  const between = stretches.slice(to, from);
  return [
    ...stretches.slice(0, to),
    ...between.filter((s) => s.thread === thread),
    stretches[from],
    ...between.filter((s) => s.thread !== thread),
    ...stretches.slice(from + 1),
  ];
}

/** How likely a thread goes on with its next stretch, for merges in turn. */
const GOES_ON = [0, 0.5, 0.8];

/**
 * `count` random orders of the stretches; each thread keeps its own. By turns threads go on for longer, and operations are
 * whole: most orders that explain a timing preempt little.
 */
export function* merges(
  schedule: readonly Stretch[],
  prng: Prng,
  count: number,
): Generator<readonly Stretch[]> {
  const stretches = byOperation(schedule);
  const whole = stretches.filter((s) => s.pc === 0);
  for (let i = 0; i < count; i++) {
    const goesOn = GOES_ON[i % GOES_ON.length];
    yield merged(i % 2 === 0 ? stretches : whole, prng, goesOn);
  }
}

function merged(stretches: readonly Stretch[], prng: Prng, goesOn: number): Stretch[] {
  const left = new Map<number, Stretch[]>();
  for (const s of stretches) left.set(s.thread, [...(left.get(s.thread) ?? []), s]);
  const out: Stretch[] = [];
  while (left.size > 0) {
    const same = out.length === 0 ? undefined : left.get(out[out.length - 1].thread);
    const queues = [...left.values()];
    const queue =
      same !== undefined && prng.chance(goesOn) ? same : queues[prng.weighted(queues.map((q) => q.length))];
    const next = queue.shift()!;
    out.push(next);
    if (queue.length === 0) left.delete(next.thread);
  }
  return out;
}
