import { BadInput } from '../base/errors.js';
import { didYouMean } from '../base/nearest.js';
import { mute, type Edit, type Model } from '../program/model.js';
import { slotsOf } from '../program/union.js';
import type { Operation } from '../program/step.js';

/** The slot after the lock; taken away only by name. */
const RANGE_END = 'range-end';

/**
 * The edits of `--mute SITE[:slot]`. Without a slot: every slot of the site that is inside the lock. Throws
 * {@link BadInput} with the nearest name.
 */
export function parseMute(text: string, operations: readonly Operation[]): readonly Edit[] {
  const slots = slotsOf(operations);
  const [site = '', slot, ...rest] = text.split(':');
  const here = slots.filter((s) => s.site === site || s.site.startsWith(`${site}/`));
  if (rest.length > 0) throw new BadInput(`Invalid mute "${text}"; expected SITE or SITE:slot.`);
  if (here.length === 0) {
    const known = [...new Set(slots.map((s) => s.site))];
    throw new BadInput(
      `Unknown site "${site}" in mute "${text}"; expected a site of "shootdown list sites".${didYouMean(site, known)}`,
    );
  }
  const names = [...new Set(here.map((s) => s.slot))];
  if (slot !== undefined) {
    if (names.includes(slot)) return [mute(site, slot)];
    throw new BadInput(
      `Site ${site} has no slot "${slot}"; expected one of ${names.join(', ')}.${didYouMean(slot, names)}`,
    );
  }
  const inLock = names.filter((n) => n !== RANGE_END);
  if (inLock.length === 0)
    throw new BadInput(`Site ${site} has no slot inside the lock; expected ${site}:${RANGE_END}.`);
  return inLock.map((n) => mute(site, n));
}

/** What stands between a model's name and each of its mutes: `optimized~wp_page_copy:range-end`. */
export const MUTED = '~';

/** The model without these notifications; its name says so, and can be given wherever a name can. */
export function withMutes(model: Model, mutes: readonly string[], operations: readonly Operation[]): Model {
  if (mutes.length === 0) return model;
  return {
    ...model,
    name: [model.name, ...mutes].join(MUTED),
    about: `${model.about} Without the notifications of ${mutes.join(', ')}.`,
    edits: [...model.edits, ...mutes.flatMap((m) => parseMute(m, operations))],
  };
}
