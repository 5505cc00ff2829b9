import type { Prng } from '../base/prng.js';
import type { OperationCall, ThreadProgram } from './case.js';
import type { Calls } from './generate-calls.js';
import { drawFrom, isAccess, type Drawable, type Drawables, type Mix, type Pool } from './generate-mix.js';
import type { Hot } from './generate-world.js';
import type { Odds } from './odds.js';
import { LIMITS, SUBSCRIBERS } from './world-rules.js';

/** Draws that do not suit before something else is taken. */
const REDRAWS = 6;

/** What the threads of one case are drawn from. */
export interface Scene {
  readonly prng: Prng;
  readonly from: Drawables;
  readonly mix: Mix;
  readonly hot: Hot;
  readonly odds: Odds;
  readonly calls: Calls;
  readonly devices: number;
  readonly mms: number;
}

/** An operation of the mix, or an access. */
export function drawForCpu(scene: Scene, mm: number): Drawable {
  const { prng, mix, from, odds } = scene;
  const access = from.accesses.items.length > 0;
  if (mix.kernel.items.length === 0 || (access && prng.chance(odds.access)))
    return drawSuiting(scene, from.accesses, mm);
  const d = drawSuiting(scene, mix.kernel, mm);
  return access && !scene.calls.suits(d, mm) ? drawSuiting(scene, from.accesses, mm) : d;
}

/** One of the pool, by preference one that has a use for the mm. */
export function drawSuiting(scene: Scene, from: Pool, mm: number): Drawable {
  let d = drawFrom(scene.prng, from);
  for (let i = 0; i < REDRAWS && !scene.calls.suits(d, mm); i++) d = drawFrom(scene.prng, from);
  return d;
}

/** An access of the pool that writes, or one that does not; whatever is there if `writes` is left out. */
export function drawAccess(scene: Scene, from: Pool, mm: number, writes: boolean | undefined): Drawable {
  let d = drawSuiting(scene, from, mm);
  for (let i = 0; i < REDRAWS && writes !== undefined && d.callable.writes !== writes; i++)
    d = drawSuiting(scene, from, mm);
  return d;
}

/** How a device follows the page table; nothing for a secondary TLB. */
function subscribed({ prng, odds }: Scene): Pick<ThreadProgram, 'subscriber'> {
  const subscriber = SUBSCRIBERS[prng.weighted(odds.subscribers)];
  return subscriber === 'sva' ? {} : { subscriber };
}

/** The programs of a case, drawn one by one. */
export class Threads {
  private readonly drawn: ThreadProgram[] = [];
  private accesses = 0;
  /** Each call may be a write. One is kept for an access at the end. */
  private room = LIMITS.writes - 1;

  constructor(private readonly scene: Scene) {}

  /** The mm of the hot page, or rarely the other one. */
  mm(): number {
    const { prng, mms, hot, odds } = this.scene;
    return mms === 1 || prng.chance(odds.hotMm) ? hot.mm : 1 - hot.mm;
  }

  /** A thread of `mm`. `many`: weights of the numbers of its operations, from 1. */
  add(kind: 'cpu' | 'device', mm: number, many: readonly number[], draw: (mm: number) => Drawable): void {
    this.program(kind, mm, 1 + this.scene.prng.weighted(many), draw);
  }

  private program(kind: 'cpu' | 'device', mm: number, many: number, draw: (mm: number) => Drawable): void {
    const operations: OperationCall[] = [];
    const wanted = Math.min(many, LIMITS.operations - 1, this.room);
    while (operations.length < wanted) {
      const d = draw(mm);
      if (isAccess(d.callable)) this.accesses++;
      operations.push(this.scene.calls.draw(d, mm));
    }
    this.room -= wanted;
    this.drawn.push({ kind, mm, ...(kind === 'device' ? subscribed(this.scene) : {}), operations });
  }

  /** A thread of `mm` that calls these. */
  fixed(kind: 'cpu' | 'device', mm: number, list: readonly Drawable[]): void {
    let next = 0;
    this.program(kind, mm, list.length, () => list[next++]);
  }

  /** Nobody would notice anything in a case without an access: a CPU thread gets one at its end. */
  done(): readonly ThreadProgram[] {
    const { scene, drawn } = this;
    if (this.accesses > 0 || scene.from.accesses.items.length === 0) return drawn;
    const last = drawn.findLastIndex((t) => t.kind === 'cpu');
    const { kind, mm, operations } = drawn[last];
    const call = scene.calls.draw(drawSuiting(scene, scene.from.accesses, mm), mm);
    drawn[last] = { kind, mm, operations: [...operations, call] };
    return drawn;
  }
}
