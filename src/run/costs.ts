import type { Code } from '../program/lower.js';
import type { LogicalMemory } from '../oracle/logical-memory.js';
import { THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { Recorder } from './recorder.js';

/** What one C function costs, over the calls of it that took something away from an entry. */
export interface FunctionCost {
  /** Such calls; calls from one place in one operation, as in a loop, are one. */
  calls: number;
  /** Notifications by slot: after-clear, after-set, in-flush, range-end … */
  readonly notifications: Map<string, number>;
  /** Brackets opened. */
  brackets: number;
  /** Invalidations that reached a secondary TLB: what the kernel waits for, one after the other. */
  roundTrips: number;
}

/** One call that is under way: what it has cost so far. */
interface Open {
  readonly name: string;
  changed: boolean;
  brackets: number;
  roundTrips: number;
  readonly slots: string[];
}

/** A notification that an edit put in stands in no slot. */
const ADDED = /( mmu_notifier_invalidate_range|\.notify)$/;
const START = /mmu_notifier_invalidate_range_start\.start$/;

/** Counts notifications while a machine runs: a recorder that also looks at what each step cost. */
export class CostMeter extends Recorder {
  private readonly open = new Map<string, Open>();
  private trips = 0;
  private changed = false;

  constructor(
    private readonly m: Machine,
    private readonly code: Code,
    l: LogicalMemory,
    budget: number,
    private readonly costs: Map<string, FunctionCost>,
  ) {
    super(code.length, budget);
    l.onChange = () => (this.changed = true);
  }

  override begin(): void {
    super.begin();
    this.m.roundTrips = this.trips = 0;
  }

  override ran(t: number, operation: number, pc: number): void {
    super.ran(t, operation, pc);
    const { info, idle } = this.code.instructions[pc];
    const call = this.callOf(t, operation, info.path, info.operation);
    if (this.changed) call.changed = true;
    this.changed = false;
    // an invalidation that takes several steps is one notification
    if (idle || this.m.words[this.m.layout.threadAt(t) + THREAD.VISITS] !== 0) return;
    if (START.test(info.path)) call.brackets++;
    if (info.slot !== undefined) call.slots.push(info.slot);
    else if (ADDED.test(info.path)) call.slots.push('added');
    call.roundTrips += this.m.roundTrips - this.trips;
    this.trips = this.m.roundTrips;
  }

  private callOf(t: number, operation: number, path: string, name: string): Open {
    const key = `${t} ${operation} ${path.slice(0, path.lastIndexOf(`${name}:`))}${name}`;
    let call = this.open.get(key);
    if (call === undefined) {
      call = { name, changed: false, brackets: 0, roundTrips: 0, slots: [] };
      this.open.set(key, call);
    }
    return call;
  }

  /** The run has ended: adds up the calls that changed something. */
  end(): void {
    for (const call of this.open.values()) if (call.changed) this.add(call);
    this.open.clear();
  }

  private add(call: Open): void {
    let cost = this.costs.get(call.name);
    if (cost === undefined) {
      cost = { calls: 0, notifications: new Map(), brackets: 0, roundTrips: 0 };
      this.costs.set(call.name, cost);
    }
    cost.calls++;
    cost.brackets += call.brackets;
    cost.roundTrips += call.roundTrips;
    for (const slot of call.slots) cost.notifications.set(slot, (cost.notifications.get(slot) ?? 0) + 1);
  }
}
