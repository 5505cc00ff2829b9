import type { FunctionCost } from '../run/costs.js';
import type { Costs } from '../run/measure-costs.js';

/** One CPU thread with one operation, one secondary TLB, every choice the usual way. */
export const UNDISTURBED = {
  cpus: [1],
  devices: [0, 1],
  roleDevices: [1],
  users: [1],
  subscribers: [1],
  perThread: [1],
  roles: 0,
  choice: 0,
  taken: 0,
  unsuited: 0,
  access: 0.25,
};

const perCall = (n: number, calls: number): string => String(Math.round((100 * n) / calls) / 100);

/** `after-clear 1 + range-end 1 = 2`; an empty bracket is `bracket only`. */
export function costText(cost: FunctionCost | undefined): string {
  if (cost === undefined) return '-';
  const slots = [...cost.notifications].sort(([a], [b]) => (a < b ? -1 : 1));
  if (slots.length === 0) return cost.brackets > 0 ? 'bracket only = 0' : 'nothing = 0';
  const parts = slots.map(([slot, n]) => `${slot} ${perCall(n, cost.calls)}`);
  return `${parts.join(' + ')} = ${perCall(cost.roundTrips, cost.calls)}`;
}

export function roundTripsOf(costs: Costs): number {
  return [...costs.byFunction.values()].reduce((n, c) => n + c.roundTrips, 0);
}
