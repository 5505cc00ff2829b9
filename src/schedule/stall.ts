import type { Prng } from '../base/prng.js';
import { memberOf, isIn, sizeOf } from './runnable.js';
import type { Scheduler } from './scheduler.js';

/** A thread that has left a cached translation behind is stalled with this probability, this many steps later at most. */
const STALLS = 0.95;
const LATEST = 12;
/** Steps that others make while it is stalled, at most. */
const LONGEST_STALL = 70;
const LONGEST_BURST = 5;
/** It is stalled where it drops its spinlock rather than so many steps later, with this probability. */
const AT_UNLOCK = 0.6;
/** Devices make a few steps before everybody else with this probability, so that their TLBs hold something. */
const WARMS = 0.8;
const SHORTEST_WARMING = 3;
const LONGEST_WARMING = 6;
/** One CPU runs alone until it is stalled, and the devices wait for that, with this probability. */
const LEADS = 0.75;
/** While a thread is stalled, the other CPUs run before the devices with this probability. */
const CPUS_FIRST = 0.75;
const LONGEST_CPUS = 36;

const AT_NEXT_UNLOCK = -2;

/**
 * Holds windows open: a thread whose operation has left a cached translation behind is stalled a few steps later, while
 * the others run.
 * What goes wrong between a change and its notification goes wrong there. The idea is that of "delay injection where it
 * matters" (Li, Lu, Musuvathi, Nath, Padhye, "Efficient scalable thread-safety-violation detection", SOSP 2019), with
 * changes of page-table entries as the places.
 */
export class StallScheduler implements Scheduler {
  readonly name = 'stall';
  /** By thread: steps left before it is stalled; AT_NEXT_UNLOCK; -1 when nothing is planned. */
  private readonly fuse: number[] = [];
  private planned = 0;
  private stalled = -1;
  private until = 0;
  private cpusUntil = 0;
  private warmUntil = 0;
  private leading = false;
  private leader = -1;
  private devices = 0;
  private burst = 0;
  private running = -1;

  constructor(private readonly prng: Prng) {}

  begin(threads: number, _expectedSteps: number, _lengths?: readonly number[], cpus = threads): void {
    this.fuse.length = 0;
    this.devices = 0;
    for (let t = 0; t < threads; t++) {
      this.fuse.push(-1);
      if (t >= cpus) this.devices |= 1 << t;
    }
    this.planned = 0;
    this.stalled = -1;
    this.burst = 0;
    this.running = -1;
    this.cpusUntil = 0;
    this.warmUntil = this.prng.chance(WARMS) ? this.prng.between(SHORTEST_WARMING, LONGEST_WARMING) : 0;
    this.leading = this.prng.chance(LEADS);
    this.leader = -1;
  }

  next(runnable: number, last: number, step: number, changing = 0, atomic = false): number {
    this.plan(changing);
    if (last >= 0) this.burn(last, step, atomic);
    if (step >= this.until) this.stalled = -1;
    const from = this.preferred(runnable, step);
    if (this.burst > 0 && isIn(from, this.running)) {
      this.burst--;
      return this.running;
    }
    this.burst = this.prng.below(LONGEST_BURST);
    this.running = memberOf(from, this.prng.below(sizeOf(from)));
    return this.running;
  }

  waited(t: number): void {
    if (t === this.running) this.burst = 0;
  }

  /** The thread that ran last comes nearer to its stall. */
  private burn(last: number, step: number, atomic: boolean): void {
    const fuse = this.fuse[last];
    const now = fuse === AT_NEXT_UNLOCK ? !atomic : fuse === 0;
    if (now && this.stalled < 0) this.stall(last, step);
    if (now) this.fuse[last] = -1;
    else if (fuse > 0) this.fuse[last]--;
  }

  private stall(t: number, step: number): void {
    this.stalled = t;
    this.until = step + 1 + this.prng.below(LONGEST_STALL);
    this.cpusUntil = this.prng.chance(CPUS_FIRST) ? step + this.prng.below(LONGEST_CPUS) : 0;
    this.burst = 0;
    this.leading = false;
  }

  /** Threads that may run now: at first the devices, around a stalled thread the others, CPUs before devices. */
  private preferred(runnable: number, step: number): number {
    if (step < this.warmUntil && (runnable & this.devices) !== 0) return runnable & this.devices;
    if (this.stalled < 0) return this.leading ? this.led(runnable) : runnable;
    const others = runnable & ~(1 << this.stalled);
    if (others === 0) return runnable;
    const cpus = others & ~this.devices;
    return step < this.cpusUntil && cpus !== 0 ? cpus : others;
  }

  /** The leader alone while it can run, then another CPU, then whoever is left. */
  private led(runnable: number): number {
    if (isIn(runnable, this.leader)) return 1 << this.leader;
    const cpus = runnable & ~this.devices;
    if (cpus === 0) return runnable;
    this.leader = memberOf(cpus, this.prng.below(sizeOf(cpus)));
    return 1 << this.leader;
  }

  /** Threads that left a translation behind get a fuse; those that returned lose it. */
  private plan(changing: number): void {
    const fresh = changing & ~this.planned;
    this.planned = changing;
    if (fresh === 0) return;
    for (let t = 0; t < this.fuse.length; t++)
      if (isIn(fresh, t)) this.fuse[t] = this.prng.chance(STALLS) ? this.drawFuse() : -1;
  }

  private drawFuse(): number {
    return this.prng.chance(AT_UNLOCK) ? AT_NEXT_UNLOCK : this.prng.below(LATEST);
  }
}
