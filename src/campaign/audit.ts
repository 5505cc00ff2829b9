import { mute, type Model } from '../program/model.js';
import type { Finding } from '../run/finding.js';
import type { Laboratory } from '../run/laboratory.js';
import { shrink } from '../shrink/shrinker.js';
import { slotVisits, type DrawCase, type SlotVisits } from './slot-visits.js';

/** A place where the model notifies. */
export interface Slot {
  readonly site: string;
  readonly slot: string;
}

export const slotName = (s: Slot): string => `${s.site}:${s.slot}`;

export interface AuditPlan {
  /** Cases that are drawn; a mute is tried in those that reach its slot. */
  readonly cases: number;
  /** Other schedules of the model before a failure is taken for the mute's doing. */
  readonly search: number;
  /** Runs that shrinking one witness may take. */
  readonly shrinkTries: number;
}

export interface AuditParts {
  readonly model: Model;
  /** Where the model notifies, in the order in which slots are taken away. */
  readonly slots: readonly Slot[];
  readonly draw: DrawCase;
  readonly open: (candidate: Model, reference: Model) => Laboratory;
  readonly tell: (line: string) => void;
}

/** What one notification is for. */
export interface SlotAudit {
  readonly slot: Slot;
  readonly ran: number;
  readonly inCases: number;
  /** Without it alone something goes wrong; undefined: nothing did within the bounds. */
  readonly witness: Finding | undefined;
  /** Number of the case of the witness. */
  readonly index: number;
}

/** The notifications that are left when one after the other was taken away for as long as nothing went wrong. */
export interface SmallestPlacement {
  readonly kept: readonly SlotAudit[];
  readonly removed: readonly Slot[];
}

export interface Audit {
  readonly table: readonly SlotAudit[];
  readonly smallest: SmallestPlacement;
  /** Cases in which the model itself fails; nothing is tried in them. */
  readonly failing: number;
}

/** Takes every notification of a model away, alone, and then one after the other. */
export function audit(parts: AuditParts, plan: AuditPlan): Audit {
  const { model, slots, draw, open, tell } = parts;
  const visits = slotVisits(open(model, model).bench('candidate'), plan.cases, draw);
  const auditor = new Auditor(parts, plan, visits);
  const table = slots.map((slot, i) => {
    tell(`${i + 1}/${slots.length} ${slotName(slot)} alone`);
    return auditor.without(slot, []);
  });
  const removed: Slot[] = [];
  const kept: SlotAudit[] = [];
  slots.forEach((slot, i) => {
    tell(`${i + 1}/${slots.length} ${slotName(slot)}, ${removed.length} away already`);
    const alone = table[i];
    // what carries weight with all the others there carries it without some of them, too
    const result = alone.witness !== undefined ? alone : auditor.without(slot, removed);
    if (result.witness === undefined && result.inCases > 0) removed.push(slot);
    else kept.push(result);
  });
  return { table, smallest: { kept, removed }, failing: visits.failing.size };
}

class Auditor {
  constructor(
    private readonly parts: AuditParts,
    private readonly plan: AuditPlan,
    private readonly visits: SlotVisits,
  ) {}

  /** The first case that fails without the slot, and without those that are away already, and not with it. */
  without(slot: Slot, away: readonly Slot[]): SlotAudit {
    const { model, draw, open } = this.parts;
    const name = slotName(slot);
    const list = this.visits.cases.get(name) ?? [];
    const base = { slot, ran: this.visits.times.get(name) ?? 0, inCases: list.length };
    const lab = open(muted(model, [...away, slot]), muted(model, away));
    for (const index of list) {
      if (this.visits.failing.has(index)) continue;
      const { c, scheduler } = draw(index);
      const { outcome, schedule } = lab.schedule(c, scheduler);
      if (outcome.violation === undefined) continue;
      const judged = lab.judge({ ...c, schedule }, this.plan.search);
      if (judged?.class !== 'candidate-only') continue;
      const { finding } = shrink(judged, lab, { tries: this.plan.shrinkTries, search: 20 });
      return { ...base, witness: finding, index };
    }
    return { ...base, witness: undefined, index: -1 };
  }
}

/** The model without some of its notifications. */
export function muted(model: Model, slots: readonly Slot[]): Model {
  if (slots.length === 0) return model;
  return {
    ...model,
    name: [model.name, ...slots.map(slotName)].join('~'),
    edits: [...model.edits, ...slots.map((s) => mute(s.site, s.slot))],
  };
}
