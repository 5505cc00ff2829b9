import { BadInput } from '../base/errors.js';
import { locate, placed, putIn, stepsPut } from './locate.js';
import type { Edit, Model } from './model.js';
import { operationsWith } from './operations-in.js';
import type { Step, Operation } from './step.js';

/** Bit i stands for the i-th of the models that are laid out together. */
export type Mask = number;

export interface Inserted {
  readonly step: Step;
  readonly mask: Mask;
}

/**
 * What the edits of up to two models do to one operation: which steps each model has, and what is put beside them.
 * One operation text, one layout, so that one schedule means one interleaving in both.
 */
export interface Union {
  mask(step: Step): Mask;
  before(step: Step): readonly Inserted[];
  after(step: Step): readonly Inserted[];
}

/** True if the site that an edit names covers the place `operation/branch`. */
function covers(site: string, operation: string, branch: string): boolean {
  const place = branch === '' ? operation : `${operation}/${branch}`;
  return place === site || place.startsWith(`${site}/`);
}

/** Lays the edits of `models` over one operation. */
export function unionOf(operation: Operation, models: readonly Model[]): Union {
  const all = (1 << models.length) - 1;
  const masks = new Map<Step, Mask>();
  const dropped = new Map<Step, Mask>();
  const before = new Map<Step, Inserted[]>();
  const after = new Map<Step, Inserted[]>();
  const text = [...placed(operation), ...models.flatMap((model) => putIn(operation, model.edits))];
  for (const p of text) if (p.step.kind === 'do' && p.step.muted === true) masks.set(p.step, 0);
  const maskOf = (step: Step): Mask => masks.get(step) ?? all;
  models.forEach((model, i) => {
    const bit = 1 << i;
    model.edits.forEach((edit, j) => apply(edit, bit, () => model.edits.slice(0, j)));
  });

  function apply(edit: Edit, bit: Mask, earlier: () => readonly Edit[]): void {
    if (edit.kind === 'mute' || edit.kind === 'notify') {
      for (const p of text) {
        if (p.step.kind !== 'do' || p.step.slot !== edit.slot) continue;
        if (!covers(edit.site, operation.name, p.branch)) continue;
        masks.set(p.step, edit.kind === 'mute' ? maskOf(p.step) & ~bit : maskOf(p.step) | bit);
      }
      return;
    }
    if (edit.in !== operation.name) return;
    const at = locate(operation, edit.step, edit.step.put === true ? earlier() : []);
    if (edit.kind === 'drop') {
      dropped.set(at, (dropped.get(at) ?? 0) | bit);
      return;
    }
    const side = edit.at === 'before' ? before : after;
    const list = side.get(at) ?? [];
    // The same insertion in both models is one step.
    stepsPut(operation, edit.steps).forEach((step) => {
      const same = list.findIndex((x) => x.step === step && (x.mask & bit) === 0);
      if (same >= 0) list[same] = { step, mask: list[same].mask | bit };
      else list.push({ step, mask: bit });
    });
    side.set(at, list);
  }

  return {
    // a step that is gone does not come back because its slot notifies
    mask: (step) => maskOf(step) & ~(dropped.get(step) ?? 0),
    before: (step) => before.get(step) ?? [],
    after: (step) => after.get(step) ?? [],
  };
}

/**
 * Every slot of the given operations, and of what `edits` put into them: `{ site, slot, muted }`, each once, in the
 * order of the text.
 */
export function slotsOf(
  operations: readonly Operation[],
  edits: readonly Edit[] = [],
): readonly { site: string; slot: string; muted: boolean }[] {
  const seen = new Map<string, { site: string; slot: string; muted: boolean }>();
  for (const op of operations) {
    for (const p of [...placed(op), ...putIn(op, edits)]) {
      if (p.step.kind !== 'do' || p.step.slot === undefined) continue;
      const site = p.branch === '' ? op.name : `${op.name}/${p.branch}`;
      const key = `${site}:${p.step.slot}`;
      const had = seen.get(key);
      seen.set(key, {
        site,
        slot: p.step.slot,
        muted: (had?.muted ?? true) && p.step.muted === true,
      });
    }
  }
  return [...seen.values()];
}

/** Refuses edits that name a site, slot or step that no operation has. */
export function checkEdits(roots: readonly Operation[], model: Model): void {
  const operations = operationsWith(roots, model.edits);
  const slots = slotsOf(operations, model.edits);
  model.edits.forEach((edit, i) => {
    if (edit.kind === 'mute' || edit.kind === 'notify') {
      const hit = slots.some(
        (s) => s.slot === edit.slot && (s.site === edit.site || s.site.startsWith(`${edit.site}/`)),
      );
      if (!hit)
        throw new BadInput(
          `Model ${model.name} names the slot ${edit.site}:${edit.slot}, which no operation has.`,
        );
      return;
    }
    const op = operations.find((o) => o.name === edit.in);
    if (op === undefined)
      throw new BadInput(
        `Model ${model.name} edits ${edit.in}, which is no operation; see "list operations".`,
      );
    locate(op, edit.step, model.edits.slice(0, i));
  });
}
