import type { Callable } from '../program/callable.js';
import type { Case, OperationCall } from '../scenario/case.js';
import { mapCalls } from './operations.js';
import type { Pass } from './pass.js';
import { movedOperation, withoutThread } from './projection.js';

/** The CPU's operation with the same arguments that writes as much, such as its own access for a device's. */
function twinOf(call: OperationCall, callables: readonly Callable[]): string | undefined {
  const own = callables.find((c) => c.by === 'device' && c.operation.name === call.name);
  const same = (c: Callable): boolean => c.args.join() === own?.args.join() && c.writes === own.writes;
  return callables.find((c) => c.by === 'cpu' && same(c))?.operation.name;
}

/**
 * The case in which a CPU does at the end of its program, or at the start, what a device did: one agent less. Segments
 * that ended inside end with the operation, whose steps are others now.
 */
export function withoutEachDevice(c: Case, callables: readonly Callable[]): readonly Case[] {
  return c.threads.flatMap((device, d) => {
    const twins = device.operations.map((call) => twinOf(call, callables));
    if (device.kind !== 'device' || twins.length === 0 || twins.includes(undefined)) return [];
    return c.threads.flatMap((cpu, into) => {
      if (cpu.kind !== 'cpu' || cpu.mm !== device.mm) return [];
      return [cpu.operations.length, 0].map((at) => replaced(c, d, into, at, twins as readonly string[]));
    });
  });
}

function replaced(c: Case, device: number, into: number, at: number, twins: readonly string[]): Case {
  const schedule = c.schedule.map((s) => (s.thread === device ? { ...s, path: '', occurrence: 1 } : s));
  const renamed = mapCalls({ ...c, schedule }, (call, { thread, operation }) =>
    thread === device ? { ...call, name: twins[operation] } : call,
  );
  const moved = twins.reduce(
    (rest, _, i) =>
      movedOperation(
        rest,
        { thread: device, operation: 0, call: rest.threads[device].operations[0] },
        { thread: into, operation: at + i },
      ),
    renamed,
  );
  return withoutThread(moved, device);
}

export const replaceDevice: Pass = {
  name: 'a CPU for a device',
  run(door) {
    for (const c of withoutEachDevice(door.best.case, door.callables)) if (door.offer(c)) return;
  },
};
