import type { Case } from '../scenario/case.js';
import { REGION_PAGES, pagesOf, renamed, type ArgKinds } from './addresses.js';
import { emptied } from './empty-regions.js';
import { offering } from './pass.js';
import { withoutLonelySharing } from './sharing.js';

/**
 * What works in one region works in another of the same mm instead, with the same offset; the first is emptied. The
 * other keeps what it maps, or takes over what the first mapped (which, for an empty one, is a move).
 */
export function joinedRegions(c: Case, kinds: ArgKinds): readonly Case[] {
  const out: Case[] = [];
  c.world.mms.forEach((regions, mm) => {
    regions.forEach((from, a) => {
      if (from.vma === 'none') return;
      regions.forEach((into, b) => {
        if (a === b) return;
        if (into.vma !== 'none') out.push(joined(c, kinds, mm, a, b, b));
        out.push(joined(c, kinds, mm, a, b, a));
      });
    });
  });
  return out;
}

function joined(c: Case, kinds: ArgKinds, mm: number, from: number, into: number, contents: number): Case {
  const base = mm * pagesOf(c) + from * REGION_PAGES;
  const address = (addr: number): number =>
    addr >= base && addr < base + REGION_PAGES ? addr + (into - from) * REGION_PAGES : addr;
  const mms = c.world.mms.map((regions, m) =>
    regions.map((region, i) => {
      if (m !== mm) return region;
      if (i === from) return emptied(region);
      return i === into ? regions[contents] : region;
    }),
  );
  return { ...renamed(c, kinds, { address }), world: withoutLonelySharing({ ...c.world, mms }) };
}

export const joinRegions = offering('join regions', joinedRegions);
