import type { ThreadProgram } from './case.js';
import { drawMeeting } from './generate-meeting.js';
import type { Drawable } from './generate-mix.js';
import { drawAccess, drawForCpu, drawSuiting, Threads, type Scene } from './generate-scene.js';
import { LIMITS } from './world-rules.js';

/** Whether devices write, in the order of the odds; undefined: they do either. */
const WAYS = [false, true, undefined];

export function drawThreads(scene: Scene): readonly ThreadProgram[] {
  const threads = new Threads(scene);
  if (scene.mix.meeting !== undefined) drawMeeting(scene, scene.mix.meeting, threads);
  else if (scene.hot.roles && scene.from.accesses.items.length > 0) drawRoles(scene, threads);
  else drawAnyhow(scene, threads);
  return threads.done();
}

/** CPUs and devices that call anything. */
function drawAnyhow(scene: Scene, threads: Threads): void {
  const { prng, from, odds } = scene;
  const cpus = Math.min(LIMITS.cpus, 1 + prng.weighted(odds.cpus));
  for (let i = 0; i < cpus; i++)
    threads.add('cpu', threads.mm(), odds.perThread, (mm) => drawForCpu(scene, mm));
  for (let i = 0; i < scene.devices; i++)
    threads.add('device', threads.mm(), odds.perDevice, (mm) => drawSuiting(scene, from.device, mm));
}

/**
 * Threads with roles at the hot page: one changes what is behind the address; others use it before the change, while it
 * is under way and after it. A translation that is left behind shows only if one side writes what the other reads, so most
 * of these cases go one way: CPUs write and devices read, or the other way round.
 */
function drawRoles(scene: Scene, threads: Threads): void {
  const { prng, from, odds, hot } = scene;
  const devicesWrite = WAYS[prng.weighted(odds.ways)];
  const cpusWrite = devicesWrite === undefined ? undefined : !devicesWrite;
  const used = (mm: number): Drawable => drawAccess(scene, from.accesses, mm, cpusWrite);
  threads.add('cpu', hot.mm, odds.changes, (mm) =>
    prng.chance(odds.changeIsAccess) ? used(mm) : drawChange(scene, mm),
  );
  const users = Math.min(LIMITS.cpus - 1, prng.weighted(odds.users));
  for (let i = 0; i < users; i++)
    threads.add('cpu', threads.mm(), odds.perUser, (mm) =>
      prng.chance(odds.userInterferes) ? drawChange(scene, mm) : used(mm),
    );
  for (let i = 0; i < scene.devices; i++)
    threads.add('device', threads.mm(), odds.perDevice, (mm) =>
      drawAccess(scene, from.device, mm, devicesWrite),
    );
}

/** An operation of the mix if one has a use for the mm; otherwise an access, whose fault is the change. */
function drawChange(scene: Scene, mm: number): Drawable {
  const { from, mix } = scene;
  if (mix.kernel.items.length === 0) return drawAccess(scene, from.accesses, mm, true);
  const d = drawSuiting(scene, mix.kernel, mm);
  return scene.calls.suits(d, mm) ? d : drawSuiting(scene, from.accesses, mm);
}
