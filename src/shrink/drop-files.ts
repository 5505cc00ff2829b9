import type { Case, Region } from '../scenario/case.js';
import { REGION_PAGES, renamed, type ArgKinds } from './addresses.js';
import { withoutUsersOf } from './drop-mms.js';
import { emptied } from './empty-regions.js';
import { without } from './operations.js';
import { offering } from './pass.js';
import { withoutLonelySharing } from './sharing.js';

export function mapsFile(region: Region): boolean {
  return region.vma !== 'none' && region.vma !== 'anon';
}

/**
 * The case without one file, for each: its mappings go, or turn to another file of the same kind, and so does who
 * works on it.
 */
export function withoutEachFile(c: Case, kinds: ArgKinds): readonly Case[] {
  return c.world.files.flatMap((kind, gone) => {
    const heirs = c.world.files.flatMap((other, i) => (i !== gone && other === kind ? [i] : []));
    return [-1, ...heirs].map((heir) => dropped(c, kinds, gone, heir));
  });
}

function dropped(c: Case, kinds: ArgKinds, gone: number, heir: number): Case {
  const files = without(c.world.files, gone);
  const shifted = (file: number): number => Math.max(0, file > gone ? file - 1 : file);
  const file = (block: number): number => shifted(block === gone ? Math.max(0, heir) : block);
  const filePage = (page: number): number =>
    file(Math.floor(page / REGION_PAGES)) * REGION_PAGES + (page % REGION_PAGES);
  const region = (r: Region): Region =>
    mapsFile(r) && r.file === gone && heir < 0 ? emptied(r) : { ...r, file: file(r.file) };
  const able = files.length === 0 ? withoutUsersOf(c, kinds, 'file') : c;
  const mms = c.world.mms.map((regions) => regions.map(region));
  return { ...renamed(able, kinds, { filePage }), world: withoutLonelySharing({ ...c.world, mms, files }) };
}

export const dropFiles = offering('drop files', withoutEachFile);
