import { constant } from '../program/build.js';
import { THREAD } from '../machine/layout.js';
import { test } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';

/** Outcomes that the kernel leaves to chance. A case says which of them go the unusual way, operation by operation. */
export const CHOICES = [
  { name: 'page-allocation-fails', about: 'no base page can be allocated' },
  { name: 'huge-allocation-fails', about: 'no huge page can be allocated' },
  { name: 'swap-duplicate-fails', about: 'swap_duplicate has no room for one more count' },
  { name: 'swap-full', about: 'add_to_swap finds no slot' },
  { name: 'pte-unused', about: 'the architecture says that the guest does not use the page (pte_unused)' },
  { name: 'gather-full', about: 'the mmu_gather batch is full after one page' },
  { name: 'swapbacked-mismatch', about: 'PageSwapBacked and PageSwapCache disagree (the warned-about case)' },
  { name: 'device-private', about: 'the page is device-private memory' },
  { name: 'well-placed', about: 'the page is on the right NUMA node (mpol_misplaced)' },
  {
    name: 'notifier-would-block',
    about: 'a subscriber cannot do without sleeping in a start that may not block',
  },
] as const;

export type ChoiceName = (typeof CHOICES)[number]['name'];

export function choiceBit(name: ChoiceName): number {
  return 1 << CHOICES.findIndex((c) => c.name === name);
}

const named = (name: ChoiceName): ReturnType<typeof constant> =>
  constant(name.replaceAll('-', '_'), choiceBit(name));
export const gather_full = named('gather-full');
export const pte_unused_hint = named('pte-unused');
export const swap_duplicate_fails = named('swap-duplicate-fails');
export const swap_full = named('swap-full');
export const well_placed = named('well-placed');
export const swapbacked_mismatch = named('swapbacked-mismatch');

/** True when the case says that this outcome goes the unusual way in this operation. */
export const choose = test(
  'choose',
  ['choice'],
  (m, t, bit) => ((m.words[m.layout.threadAt(t) + THREAD.CHOICES] & bit) !== 0 ? DONE : NO),
  { private: true },
);

/** The bits of the named choices; unknown names are refused where a case is checked. */
export function choiceMask(names: readonly string[]): number {
  let mask = 0;
  for (const name of names) mask |= 1 << CHOICES.findIndex((c) => c.name === name);
  return mask;
}
