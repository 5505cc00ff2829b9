import { BadInput } from '../base/errors.js';
import { didYouMean } from '../base/nearest.js';
import type { Prng } from '../base/prng.js';
import type { Callable } from '../program/callable.js';
import type { Case, OperationCall, ThreadProgram } from './case.js';
import { checkHardware } from './check-world.js';
import { Calls } from './generate-calls.js';
import { drawHardware, type HardwareWanted } from './generate-hardware.js';
import {
  drawables,
  drawFrom,
  drawMix,
  isAccess,
  type Drawable,
  type Drawables,
  type Mix,
  type Pool,
} from './generate-mix.js';
import { drawWorld, type Hot } from './generate-world.js';
import { DEFAULT_ODDS, type Odds } from './odds.js';
import { LIMITS, SUBSCRIBERS } from './world-rules.js';

/** Draws that do not suit before something else is taken. */
const REDRAWS = 6;

export interface GenerateOptions extends Partial<Odds> {
  /** Operations to restrict the cases to; accesses are always there. */
  readonly operations?: readonly string[] | undefined;
  /** `default` when it is left out. */
  readonly hardware?: HardwareWanted | undefined;
  /** Factors on the weights of callables, by name; 1 for those it lacks, 0 leaves an operation out. */
  readonly emphasis?: ReadonlyMap<string, number> | undefined;
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
 * A function that draws a case from the numbers of `prng`, and from nothing else. Throws {@link BadInput} for operations
 * and hardware that do not exist.
 */
export function caseGenerator(
  callables: readonly Callable[],
  options: GenerateOptions = {},
): (prng: Prng) => Case {
  const { operations, hardware = 'default', emphasis = new Map<string, number>(), ...given } = options;
  if (typeof hardware !== 'string') checkHardware(hardware);
  const odds = { ...DEFAULT_ODDS, ...given };
  const from = drawables(restricted(callables, operations), emphasis);
  if (from.accesses.items.length + from.kernel.items.length === 0)
    throw new BadInput('No operation is left that a CPU thread could call; expected at least 1.');
  return (prng) => {
    const mix = drawMix(prng, from, odds);
    const { world, hot } = drawWorld(prng, mix, odds);
    const set = drawHardware(prng, hardware, odds);
    const devices =
      from.device.items.length === 0 ? 0 : Math.min(LIMITS.devices, prng.weighted(odds.devices));
    const calls = new Calls(prng, world, hot, odds, devices);
    const threads = drawThreads({ prng, from, mix, hot, odds, calls, devices, mms: world.mms.length });
    return { world, hardware: set, threads, schedule: [] };
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

interface Scene {
  readonly prng: Prng;
  readonly from: Drawables;
  readonly mix: Mix;
  readonly hot: Hot;
  readonly odds: Odds;
  readonly calls: Calls;
  readonly devices: number;
  readonly mms: number;
}

function drawThreads(scene: Scene): ThreadProgram[] {
  const { prng, from, odds } = scene;
  const threads: ThreadProgram[] = [];
  let accesses = 0;
  // Each call may be a write. One is kept for addAccess.
  let room = LIMITS.writes - 1;
  const add = (kind: 'cpu' | 'device', draw: (mm: number) => Drawable): void => {
    const mm = scene.mms === 1 || prng.chance(odds.hotMm) ? scene.hot.mm : 1 - scene.hot.mm;
    const operations: OperationCall[] = [];
    const many = kind === 'cpu' ? odds.perThread : odds.perDevice;
    const wanted = Math.min(1 + prng.weighted(many), LIMITS.operations - 1, room);
    while (operations.length < wanted) {
      const d = draw(mm);
      if (isAccess(d.callable)) accesses++;
      operations.push(scene.calls.draw(d, mm));
    }
    room -= wanted;
    threads.push({ kind, mm, ...(kind === 'device' ? subscribed(scene) : {}), operations });
  };
  const cpus = Math.min(LIMITS.cpus, 1 + prng.weighted(odds.cpus));
  for (let i = 0; i < cpus; i++) add('cpu', (mm) => drawForCpu(scene, mm));
  for (let i = 0; i < scene.devices; i++) add('device', (mm) => drawSuiting(scene, from.device, mm));
  if (accesses === 0 && from.accesses.items.length > 0) addAccess(scene, threads);
  return threads;
}

/** How the device follows the page table; nothing for a secondary TLB. */
function subscribed({ prng, odds }: Scene): Pick<ThreadProgram, 'subscriber'> {
  const subscriber = SUBSCRIBERS[prng.weighted(odds.subscribers)];
  return subscriber === 'sva' ? {} : { subscriber };
}

/** Nobody would notice anything in a case without an access: a CPU thread gets one at its end. */
function addAccess(scene: Scene, threads: ThreadProgram[]): void {
  const last = threads.findLastIndex((t) => t.kind === 'cpu');
  const { kind, mm, operations } = threads[last];
  const call = scene.calls.draw(drawSuiting(scene, scene.from.accesses, mm), mm);
  threads[last] = { kind, mm, operations: [...operations, call] };
}

function drawForCpu(scene: Scene, mm: number): Drawable {
  const { prng, mix, from, odds } = scene;
  const access = from.accesses.items.length > 0;
  if (mix.kernel.items.length === 0 || (access && prng.chance(odds.access)))
    return drawSuiting(scene, from.accesses, mm);
  const d = drawSuiting(scene, mix.kernel, mm);
  return access && !scene.calls.suits(d, mm) ? drawSuiting(scene, from.accesses, mm) : d;
}

/** One of the pool, by preference one that has a use for the mm. */
function drawSuiting(scene: Scene, from: Pool, mm: number): Drawable {
  let d = drawFrom(scene.prng, from);
  for (let i = 0; i < REDRAWS && !scene.calls.suits(d, mm); i++) d = drawFrom(scene.prng, from);
  return d;
}
