import type { PageState, World } from '../scenario/case.js';
import { sharesHuge, sharesPmdTable } from '../scenario/world-rules.js';

/** The world in which a page whose partner in the other mm is not shared any more is its mm's own. */
export function withoutLonelySharing(world: World): World {
  const shared = (mm: number, region: number, page: number): boolean =>
    world.mms[mm]?.[region]?.vma === 'anon' && world.mms[mm][region].pages[page] === 'shared';
  const mms = world.mms.map((regions, mm) =>
    regions.map((region, r) => ({
      ...region,
      map:
        (region.map === 'huge-shared' && !sharesHuge(region, world.mms[1 - mm]?.[r])) ||
        (region.map === 'pmd-shared' && !sharesPmdTable(world.mms, r))
          ? ('huge' as const)
          : region.map,
      pages: region.pages.map((state, p): PageState =>
        state === 'shared' && !shared(1 - mm, r, p) ? 'page' : state,
      ),
    })),
  );
  return { ...world, mms };
}
