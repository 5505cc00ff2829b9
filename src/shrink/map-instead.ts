import type { Case, PageState } from '../scenario/case.js';
import { REGION_PAGES, isAddress, pagesOf, type ArgKinds } from './addresses.js';
import { operationsOf, replaced } from './operations.js';
import { offering } from './pass.js';
import { withoutIdleThreads, withoutOperation } from './projection.js';
import { withoutLonelySharing } from './sharing.js';

/** What an operation may have been there to bring about, the plainest first. */
const STATES: readonly PageState[] = ['page', 'written', 'clean', 'lazyfree', 'zero', 'swapped', 'none'];

/**
 * The case without one operation, whose page is in another state from the start instead: a reader need not follow how
 * a page came to be mapped, written or swapped out.
 */
export function mappedInstead(c: Case, kinds: ArgKinds): readonly Case[] {
  return operationsOf(c).flatMap(({ thread, operation, call }) => {
    const rest = withoutIdleThreads(withoutOperation(c, thread, operation));
    const pages = call.args.filter((_, i) => isAddress(kinds(call.name)[i]));
    return pages.flatMap((addr) => STATES.flatMap((state) => withPage(rest, addr, state)));
  });
}

/** The case with the page at `addr` in that state; none if it is so already, or not mapped page by page. */
function withPage(c: Case, addr: number, state: PageState): readonly Case[] {
  const mm = Math.floor(addr / pagesOf(c));
  const r = Math.floor((addr % pagesOf(c)) / REGION_PAGES);
  const page = addr % REGION_PAGES;
  const region = c.world.mms[mm]?.[r];
  if (region === undefined || region.map !== 'pages' || region.pages[page] === state) return [];
  const changed = { ...region, pages: replaced(region.pages, page, state) };
  const mms = replaced(c.world.mms, mm, replaced(c.world.mms[mm], r, changed));
  return [{ ...c, world: withoutLonelySharing({ ...c.world, mms }) }];
}

export const mapInstead = offering('map instead of doing', mappedInstead);
