import type { Prng } from '../base/prng.js';
import { memberOf, isIn, sizeOf } from './runnable.js';
import type { LastStep, Scheduler } from './scheduler.js';

/** A thread that has left a cached translation behind is stalled with this probability, this many steps later at most. */
const STALLS = 0.95;
/** One that took away what nobody caches, with this probability: the entry may be on its way to something else. */
const STALLS_UNCACHED = 0.3;
const LATEST = 18;
/** It is stalled where it drops its spinlock rather than so many steps later, with this probability. */
const AT_UNLOCK = 0.6;
/**
 * Others run to their ends while it is stalled, with this probability; or for so many steps at most. One that asks again
 * and again for what the stalled thread has in hand must not do so for ever.
 */
const TO_THE_END = 0.6;
const ENDS = 250;
const LONGEST_STALL = 70;
const LONGEST_BURST = 5;
/** Devices go before everybody else with this probability, so that their TLBs hold something: operations, or steps. */
const WARMS = 0.85;
const WARMS_OPERATIONS = 0.6;
const LONGEST_WARMING = 7;
/** One CPU runs alone until it is stalled, and the devices wait for that, with this probability. */
const LEADS = 0.8;
/** The first CPU does, where the generator puts what changes the page, with this probability; otherwise any. */
const FIRST_LEADS = 0.4;
/** While a thread is stalled, the others go operation by operation, CPUs and devices in turn, with this probability. */
const RELAYS = 0.8;
/** CPUs go before devices then with this probability. */
const CPUS_FIRST = 0.8;
const LONGEST_CPUS = 36;

/** Of threads that come to stand where the two models differ, so many are stalled there, if that is asked for. */
const AT_DIFFERENCE = 0.5;

/** Then the other CPUs run their first operations before the first one begins, with this probability. */
const WARMS_CPUS = 0.5;

const NONE = -1;
const AT_NEXT_UNLOCK = -2;

/**
 * Holds windows open: a thread that has left a cached translation behind is stalled a few steps later, while the others
 * run.
 * What goes wrong between a change and its notification goes wrong there. The idea is that of "delay injection where it
 * matters" (Li, Lu, Musuvathi, Nath, Padhye, "Efficient scalable thread-safety-violation detection", SOSP 2019), with
 * changes of page-table entries as the places.
 */
export class StallScheduler implements Scheduler {
  readonly name = 'stall';
  /** By thread: steps left before it is stalled; AT_NEXT_UNLOCK; NONE when nothing is planned. */
  private readonly fuse: number[] = [];
  private stalled = NONE;
  private until = 0;
  private cpusUntil = 0;
  /** The stalled thread's others go operation by operation; the side whose turn it is. */
  private relaying = false;
  private devicesTurn = false;
  /** Devices alone until this step, or until so many operations have returned. */
  private warmUntil = 0;
  private warmOperations = 0;
  /** CPUs that run alone until their first operation has returned. */
  private warming = 0;
  private leading = false;
  private leader = NONE;
  private devices = 0;
  private burst = 0;
  private running = NONE;
  private seen = NONE;

  /** `atDifferences`: threads are stalled also before steps that only one of the two models has. */
  constructor(
    private readonly prng: Prng,
    private readonly atDifferences = false,
  ) {}

  begin(threads: number, _expectedSteps: number, _lengths?: readonly number[], cpus = threads): void {
    const { prng } = this;
    this.fuse.length = 0;
    this.devices = 0;
    for (let t = 0; t < threads; t++) {
      this.fuse.push(NONE);
      if (t >= cpus) this.devices |= 1 << t;
    }
    this.stalled = NONE;
    this.relaying = false;
    this.burst = 0;
    this.running = NONE;
    this.seen = NONE;
    this.cpusUntil = 0;
    this.warmUntil = this.warmOperations = 0;
    if (prng.chance(WARMS)) {
      if (prng.chance(WARMS_OPERATIONS)) this.warmOperations = 1;
      else this.warmUntil = 1 + prng.below(LONGEST_WARMING);
    }
    this.leading = prng.chance(LEADS);
    this.leader = this.prng.chance(FIRST_LEADS) ? 0 : NONE;
    this.warming = 0;
    if (this.atDifferences && prng.chance(WARMS_CPUS)) {
      this.warming = (1 << cpus) - 2; // what they cache is what the first CPU may leave behind
      this.leader = 0;
    }
  }

  next(runnable: number, last: number, step: number, did?: LastStep): number {
    if (did !== undefined && step !== this.seen && last >= 0) this.look(last, step, did);
    this.seen = step;
    if (step >= this.until) this.stalled = NONE;
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

  /** What the step that was just made means. */
  private look(last: number, step: number, did: LastStep): void {
    if (did.tookAway && this.fuse[last] === NONE) this.plan(last, did.leftBehind);
    if (did.returned) {
      this.fuse[last] = NONE;
      this.warming &= ~(1 << last);
      if (this.warmOperations > 0 && isIn(this.devices, last)) this.warmOperations--;
      if (this.relaying) this.devicesTurn = !isIn(this.devices, last);
      this.burst = 0;
    } else this.burn(last, step, did.atomic);
    if (this.atDifferences && did.differs && this.stalled < 0 && this.prng.chance(AT_DIFFERENCE))
      this.stall(last, step);
  }

  /** The thread changed an entry: it may get a fuse. */
  private plan(t: number, leftBehind: boolean): void {
    if (this.prng.chance(leftBehind ? STALLS : STALLS_UNCACHED))
      this.fuse[t] = this.prng.chance(AT_UNLOCK) ? AT_NEXT_UNLOCK : this.prng.below(LATEST);
  }

  /** The thread that ran last comes nearer to its stall. */
  private burn(last: number, step: number, atomic: boolean): void {
    const fuse = this.fuse[last];
    const now = fuse === AT_NEXT_UNLOCK ? !atomic : fuse === 0;
    if (now && this.stalled < 0) this.stall(last, step);
    if (now) this.fuse[last] = NONE;
    else if (fuse > 0) this.fuse[last]--;
  }

  private stall(t: number, step: number): void {
    const { prng } = this;
    this.stalled = t;
    this.until = step + (prng.chance(TO_THE_END) ? ENDS : 1 + prng.below(LONGEST_STALL));
    this.relaying = prng.chance(RELAYS);
    const cpusFirst = prng.chance(CPUS_FIRST);
    this.devicesTurn = !cpusFirst;
    this.cpusUntil = cpusFirst && !this.relaying ? step + prng.below(LONGEST_CPUS) : 0;
    this.burst = 0;
    this.leading = false;
  }

  /** Threads that may run now: at first the devices, around a stalled thread the others. */
  private preferred(runnable: number, step: number): number {
    const devices = runnable & this.devices;
    if (devices !== 0 && (step < this.warmUntil || this.warmOperations > 0)) return devices;
    const warming = runnable & this.warming;
    if (warming !== 0 && this.stalled < 0) return warming;
    if (this.stalled < 0) return this.leading ? this.led(runnable) : runnable;
    const others = runnable & ~(1 << this.stalled);
    if (others === 0) return runnable;
    if (!this.relaying) {
      const cpus = others & ~this.devices;
      return step < this.cpusUntil && cpus !== 0 ? cpus : others;
    }
    if (isIn(others, this.running) && this.burst > 0) return 1 << this.running;
    const turn = this.devicesTurn ? others & this.devices : others & ~this.devices;
    return turn !== 0 ? turn : others;
  }

  /** The leader alone while it can run, then another CPU, then whoever is left. */
  private led(runnable: number): number {
    if (isIn(runnable, this.leader)) return 1 << this.leader;
    const cpus = runnable & ~this.devices;
    if (cpus === 0) return runnable;
    this.leader = memberOf(cpus, this.prng.below(sizeOf(cpus)));
    return 1 << this.leader;
  }
}
