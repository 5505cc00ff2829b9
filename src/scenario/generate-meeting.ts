import type { Prng } from '../base/prng.js';
import {
  drawFrom,
  drawKind,
  kindBit,
  mixOf,
  type Drawable,
  type Drawables,
  type Meeting,
  type Mix,
} from './generate-mix.js';
import { drawAccess, drawSuiting, type Scene, type Threads } from './generate-scene.js';
import type { Odds } from './odds.js';

/** Draws that do not suit before something else is taken. */
const REDRAWS = 8;

/**
 * Cases that are about an operation: it meets up to two others at the hot page, and CPUs use the page around them. A
 * translation that is left behind hurts whoever goes on using it while a third one gives the page away, so the one that
 * uses it has a CPU of its own, or is the one that gives it away.
 */
export function drawMeetingMix(prng: Prng, from: Drawables, odds: Odds): Mix {
  const about = drawFrom(prng, from.about);
  const kind = drawKind(prng, about.kinds, odds);
  const partners: Drawable[] = [];
  const many = prng.weighted(odds.partners);
  while (partners.length < many && from.partners.items.length > 0) {
    let next = drawFrom(prng, from.partners);
    for (let i = 0; i < REDRAWS && next.kinds !== 0 && (next.kinds & kindBit(kind)) === 0; i++)
      next = drawFrom(prng, from.partners);
    partners.push(next);
  }
  return { ...mixOf(prng, kind, [about, ...partners], odds), meeting: { about, partners } };
}

export function drawMeeting(scene: Scene, { about, partners }: Meeting, threads: Threads): void {
  const { prng, odds, hot } = scene;
  const before = prng.chance(odds.meetingBefore);
  const use = (mm: number): Drawable => drawAccess(scene, scene.from.accesses, mm, undefined);
  const uses = (mm: number, many: number): Drawable[] => Array.from({ length: many }, () => use(mm));
  threads.fixed('cpu', hot.mm, [...uses(hot.mm, before ? 1 : 0), about]);
  const apart = partners.length > 1 || prng.chance(odds.meetingApart);
  for (const partner of partners) {
    const mm = threads.mm();
    if (apart) threads.fixed('cpu', mm, [partner]);
    else threads.fixed('cpu', mm, [...uses(mm, 1), partner, ...uses(mm, 1)]);
  }
  if (apart || partners.length === 0) threads.fixed('cpu', hot.mm, uses(hot.mm, 2));
  for (let i = 0; i < scene.devices; i++)
    threads.add('device', threads.mm(), odds.perDevice, (mm) => drawSuiting(scene, scene.from.device, mm));
}
