import type { ArgKind } from '../program/callable.js';
import type { Case, PageState } from '../scenario/case.js';
import { REGION_PAGES, isAddress, pagesOf, renamed, type ArgKinds } from './addresses.js';
import { mapCalls, operationsOf, replaced } from './operations.js';
import { withRegions } from './empty-regions.js';
import { mappedIn } from './order.js';
import { offering } from './pass.js';

/** Smaller values for an argument, the smallest first. */
function lower(kind: ArgKind, value: number, pages: number): readonly number[] {
  const mm = Math.floor(value / pages) * pages;
  const page = value % pages;
  switch (kind) {
    case 'addr':
    case 'any-addr':
      return below(page).map((p) => mm + p);
    case 'pmd':
    case 'own-pmd':
      return below(Math.floor(page / REGION_PAGES)).map((region) => mm + region * REGION_PAGES);
    case 'count':
    case 'file-count':
      return below(value).filter((n) => n >= 1);
    case 'word':
    case 'prot':
    case 'file':
    case 'mm':
    case 'device':
      return below(value);
    case 'other-mm':
      return [];
  }
}

function below(n: number): readonly number[] {
  return Array.from({ length: Math.max(0, n) }, (_, i) => i);
}

/** The case with one argument of one operation smaller. */
export function lowerSingleArgs(c: Case, kinds: ArgKinds): readonly Case[] {
  return operationsOf(c).flatMap(({ thread, operation, call }) =>
    kinds(call.name).flatMap((kind, i) =>
      lower(kind, call.args[i] ?? 0, pagesOf(c)).map((value) =>
        mapCalls(c, (other, at) =>
          at.thread === thread && at.operation === operation
            ? { ...other, args: replaced(other.args, i, value) }
            : other,
        ),
      ),
    ),
  );
}

/** Addresses of pages that operations name. */
function namedPages(c: Case, kinds: ArgKinds): readonly number[] {
  const named = operationsOf(c).flatMap(({ call }) =>
    call.args.filter((_, i) => isAddress(kinds(call.name)[i])),
  );
  return [...new Set(named)].sort((a, b) => a - b);
}

/**
 * The case with all uses of one page moved to a lower one of its region. What both pages hold changes places, or, to
 * keep agreement with the other mm, does so in every mm.
 */
export function lowerSharedAddresses(c: Case, kinds: ArgKinds): readonly Case[] {
  return namedPages(c, kinds).flatMap((from) =>
    below(from % REGION_PAGES).flatMap((offset) => {
      const to = from - (from % REGION_PAGES) + offset;
      return [swapped(c, kinds, from, to, false), swapped(c, kinds, from, to, true)];
    }),
  );
}

function swapped(c: Case, kinds: ArgKinds, a: number, b: number, everyMm: boolean): Case {
  const pages = pagesOf(c);
  const same = (x: number, y: number): boolean => (everyMm ? x % pages === y % pages : x === y);
  const address = (addr: number): number => {
    if (same(addr, a)) return addr + (b - a);
    return same(addr, b) ? addr + (a - b) : addr;
  };
  const mms = c.world.mms.map((regions, mm) =>
    regions.map((region, r) => {
      const base = mm * pages + r * REGION_PAGES;
      const page = (state: PageState, i: number): PageState =>
        region.pages[address(base + i) - base] ?? state;
      return { ...region, pages: region.pages.map(page) };
    }),
  );
  return { ...renamed(c, kinds, { address }), world: { ...c.world, mms } };
}

/** The case with what a page holds moved to a lower page that holds nothing, while operations stay where they are. */
export function lowerPages(c: Case): readonly Case[] {
  return withRegions(c, (region) =>
    mappedIn(region).flatMap((from) =>
      below(from)
        .filter((to) => region.pages[to] === 'none')
        .map((to) => ({
          ...region,
          pages: replaced(replaced(region.pages, to, region.pages[from]), from, 'none'),
        })),
    ),
  );
}

export const lowerArgs = offering('lower arguments', (c, kinds) => [
  ...lowerSharedAddresses(c, kinds),
  ...lowerPages(c),
  ...lowerSingleArgs(c, kinds),
]);
