import type { Case, PageState, Region } from '../scenario/case.js';
import { replaced } from './operations.js';
import { offering } from './pass.js';
import { withoutLonelySharing } from './sharing.js';

/** A region with nothing in it: no vma. */
export function emptied(region: Region): Region {
  const pages = region.pages.map((): PageState => 'none');
  return { vma: 'none', writable: true, mergeable: false, file: 0, map: 'pages', pages };
}

/** The case with one region replaced by each of its variants, region by region. */
export function withRegions(c: Case, variants: (region: Region) => readonly Region[]): readonly Case[] {
  return c.world.mms.flatMap((regions, mm) =>
    regions.flatMap((region, i) =>
      variants(region).map((variant) => ({
        ...c,
        world: withoutLonelySharing({
          ...c.world,
          mms: replaced(c.world.mms, mm, replaced(regions, i, variant)),
        }),
      })),
    ),
  );
}

/** The case with one region without a vma, for each. */
export function withoutEachRegion(c: Case): readonly Case[] {
  return withRegions(c, (region) => (region.vma === 'none' ? [] : [emptied(region)]));
}

export const emptyRegions = offering('empty regions', withoutEachRegion);
