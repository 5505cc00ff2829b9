import { BadInput } from '../base/errors.js';
import { didYouMean } from '../base/nearest.js';
import type { Prng } from '../base/prng.js';
import type { Callable } from '../program/callable.js';
import type { Case } from './case.js';
import { checkHardware } from './check-world.js';
import { Calls } from './generate-calls.js';
import { drawHardware, type HardwareWanted } from './generate-hardware.js';
import { drawMeetingMix } from './generate-meeting.js';
import { drawables, drawMix, isAccess, type Drawables, type Mix } from './generate-mix.js';
import { drawForCpu, drawSuiting } from './generate-scene.js';
import { drawThreads } from './generate-threads.js';
import { vary } from './generate-variant.js';
import { drawWorld, type Hot } from './generate-world.js';
import { DEFAULT_ODDS, MEETING_ODDS, type Odds } from './odds.js';
import { LIMITS } from './world-rules.js';

export interface GenerateOptions extends Partial<Odds> {
  /** Operations to restrict the cases to; accesses are always there. */
  readonly operations?: readonly string[] | undefined;
  /** `default` when it is left out. */
  readonly hardware?: HardwareWanted | undefined;
  /** Factors on the weights of callables, by name; 1 for those it lacks, 0 leaves an operation out. */
  readonly emphasis?: ReadonlyMap<string, number> | undefined;
  /** Operations of CPUs that some cases are about, with weights: see generate-meeting. */
  readonly about?: ReadonlyMap<string, number> | undefined;
}

/** One case, with an empty schedule. See {@link caseGenerator}, which prepares once for many. */
export function generateCase(
  prng: Prng,
  callables: readonly Callable[],
  options: GenerateOptions = {},
): Case {
  return caseGenerator(callables, options)(prng);
}

/**
 * A function that draws a case from the numbers of `prng`, and from nothing else; each of `variants` changes it
 * somewhat. Throws {@link BadInput} for operations and hardware that do not exist.
 */
export function caseGenerator(
  callables: readonly Callable[],
  options: GenerateOptions = {},
): (prng: Prng, variants?: readonly Prng[]) => Case {
  const {
    operations,
    hardware = 'default',
    emphasis = new Map<string, number>(),
    about = new Map<string, number>(),
    ...given
  } = options;
  if (typeof hardware !== 'string') checkHardware(hardware);
  const usual = { ...DEFAULT_ODDS, ...given };
  const close = { ...usual, ...MEETING_ODDS };
  const from = drawables(restricted(callables, operations), emphasis, about);
  if (from.accesses.items.length + from.kernel.items.length === 0)
    throw new BadInput('No operation is left that a CPU thread could call; expected at least 1.');
  const accesses = new Set(callables.filter(isAccess).map((c) => c.operation.name));
  return (prng, variants = []) => {
    const meets = from.about.items.length > 0 && prng.chance(usual.meetings);
    const odds = meets ? close : usual;
    const mix = meets ? drawMeetingMix(prng, from, odds) : drawMix(prng, from, odds);
    const { world, hot } = drawWorld(prng, mix, odds);
    const set = drawHardware(prng, hardware, odds);
    const devices = drawDevices(prng, from, mix, hot, odds);
    const calls = new Calls(prng, world, hot, odds, devices);
    const scene = { prng, from, mix, hot, odds, calls, devices, mms: world.mms.length };
    let drawn: Case = { world, hardware: set, threads: drawThreads(scene), schedule: [] };
    for (const other of variants) {
      const there = { ...scene, prng: other, calls: new Calls(other, world, hot, odds, devices) };
      drawn = vary(drawn, other, odds, {
        hardware: () => drawHardware(other, hardware, odds),
        call: (kind, mm) =>
          there.calls.draw(kind === 'cpu' ? drawForCpu(there, mm) : drawSuiting(there, from.device, mm), mm),
        isAccess: ({ name }) => accesses.has(name),
      });
    }
    return drawn;
  };
}

function restricted(
  callables: readonly Callable[],
  names: readonly string[] | undefined,
): readonly Callable[] {
  if (names === undefined) return callables;
  const known = callables.map((c) => c.operation.name);
  for (const name of names) {
    if (!known.includes(name))
      throw new BadInput(
        `Unknown operation "${name}"; expected some of ${known.join(', ')}.${didYouMean(name, known)}`,
      );
  }
  return callables.filter((c) => isAccess(c) || names.includes(c.operation.name));
}

/** How many devices the case has: those with a role at the hot page, or any. */
function drawDevices(prng: Prng, from: Drawables, mix: Mix, hot: Hot, odds: Odds): number {
  if (from.device.items.length === 0) return 0;
  if (mix.meeting !== undefined) return Math.min(LIMITS.devices, prng.weighted(odds.meetingDevices));
  const roles = hot.roles && from.accesses.items.length > 0;
  return Math.min(LIMITS.devices, roles ? 1 + prng.weighted(odds.roleDevices) : prng.weighted(odds.devices));
}
