import type { Case } from '../scenario/case.js';
import { REGION_PAGES, pagesOf, renamed, type ArgKinds } from './addresses.js';
import { offering } from './pass.js';
import { withoutLonelySharing } from './sharing.js';

/** Regions of a PUD region: an mm has one or two such pairs. */
const PAIR = 2;

/**
 * Address spaces of one PUD region instead of two, for each two regions that may be kept. What worked in a region that
 * is gone works in one that stays.
 */
export function withOnePud(c: Case, kinds: ArgKinds): readonly Case[] {
  const regions = c.world.mms[0]?.length ?? 0;
  if (regions <= PAIR) return [];
  const out: Case[] = [];
  for (let a = 0; a < regions; a++) for (let b = a + 1; b < regions; b++) out.push(keeping(c, kinds, [a, b]));
  return out;
}

function keeping(c: Case, kinds: ArgKinds, kept: readonly number[]): Case {
  const pages = pagesOf(c);
  const after = kept.length * REGION_PAGES;
  const address = (addr: number): number => {
    const region = Math.floor((addr % pages) / REGION_PAGES);
    const at = kept.includes(region) ? kept.indexOf(region) : region % kept.length;
    return Math.floor(addr / pages) * after + at * REGION_PAGES + (addr % REGION_PAGES);
  };
  const mms = c.world.mms.map((all) => kept.map((region) => all[region]));
  return { ...renamed(c, kinds, { address }, after), world: withoutLonelySharing({ ...c.world, mms }) };
}

export const dropPuds = offering('one PUD region', withOnePud);
