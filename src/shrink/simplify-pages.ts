import type { Case, PageState, Region } from '../scenario/case.js';
import { withRegions } from './empty-regions.js';
import { replaced } from './operations.js';
import { mappedIn } from './order.js';
import { offering } from './pass.js';

/** The case with one page less mapped, for each; a huge mapping goes as a whole. */
export function withoutEachPage(c: Case): readonly Case[] {
  return withRegions(c, (region) => {
    if (region.vma === 'none') return [];
    if (region.map !== 'pages') return [unmapped(region)];
    return mappedIn(region).map((i) => ({ ...region, pages: replaced(region.pages, i, 'none') }));
  });
}

function unmapped(region: Region): Region {
  return { ...region, map: 'pages', pages: region.pages.map((): PageState => 'none') };
}

/** What an anonymous page has instead of a state that only pages of files have. */
function anonymous(state: PageState): PageState {
  return state === 'written' ? 'page' : state;
}

/** Plainer contents of a region: nothing mapped, fewer pages, ordinary pages, no flags, anonymous memory. */
function plainerRegions(region: Region): readonly Region[] {
  if (region.vma === 'none') return [];
  const out: Region[] = [];
  if (region.map === 'pages' && mappedIn(region).length > 1) out.push(unmapped(region));
  if (region.map !== 'pages')
    out.push({ ...region, map: 'pages', pages: region.pages.map((): PageState => 'page') });
  for (const i of mappedIn(region)) {
    if (region.map === 'pages' && region.pages[i] !== 'page')
      out.push({ ...region, pages: replaced(region.pages, i, 'page') });
  }
  if (!region.writable) out.push({ ...region, writable: true });
  if (region.mergeable) out.push({ ...region, mergeable: false });
  if (region.vma !== 'anon')
    out.push({ ...region, vma: 'anon', file: 0, pages: region.pages.map(anonymous) });
  return out;
}

/** The case with one region plainer, the pages that are mapped first. */
export function withPlainerPages(c: Case): readonly Case[] {
  return [...withRegions(c, plainerRegions), ...withoutEachPage(c)];
}

export const simplifyPages = offering('simplify pages', withPlainerPages);
