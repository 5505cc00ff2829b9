import { PTES_PER_PMD } from '../machine/geometry.js';
import type { Case, Region } from '../scenario/case.js';
import { fileBehind } from '../scenario/world-rules.js';
import { extrasOf, extrasText } from './litmus-test.js';

/** The fields of a case that have words here; others are kept as JSON. */
export const CASE_FIELDS = ['world', 'hardware', 'threads', 'schedule'];
export const WORLD_FIELDS = ['mms', 'files', 'frames', 'swapSlots'];
export const REGION_FIELDS = ['vma', 'writable', 'mergeable', 'file', 'map', 'pages'];

/** The initial world, a statement a line: `mm0:0-3 anon rw: page none none none`, `frames = 24`. */
export function worldLines(c: Case): readonly string[] {
  const { world } = c;
  const extra = (of: object, at: string, names: readonly string[]): string[] =>
    Object.entries(extrasOf(of, names) ?? {}).map(
      ([k, v]) => `${at} ${JSON.stringify(k)} = ${JSON.stringify(v)}`,
    );
  return [
    ...world.mms.flatMap((regions, mm) =>
      regions.map(
        (region, r) => `mm${mm}:${r * PTES_PER_PMD}-${(r + 1) * PTES_PER_PMD - 1} ${regionText(region)}`,
      ),
    ),
    ...world.files.map((kind, i) => `file${i} = ${kind}`),
    `frames = ${world.frames}`,
    `swap = ${world.swapSlots}`,
    ...Object.entries(c.hardware).map(([name, value]) => `hardware ${name} = ${value}`),
    ...extra(world, 'world', WORLD_FIELDS),
    ...extra(c, 'case', CASE_FIELDS),
  ];
}

/** `none`, or `file-shared of file0 rw: written none none none`. */
function regionText(region: Region): string {
  const { vma, writable, mergeable, file, map, pages } = region;
  const mapped = map === 'pages' ? pages.join(' ') : map;
  const extras = extrasText(region, REGION_FIELDS);
  const plain = !writable && !mergeable && file === 0 && map === 'pages' && pages.every((p) => p === 'none');
  if (vma === 'none' && plain) return `none${extras}`;
  const of = fileBehind(vma) !== undefined || file !== 0 ? ` of file${file}` : '';
  return `${vma}${of} ${writable ? 'rw' : 'ro'}${mergeable ? ' mergeable' : ''}: ${mapped}${extras}`;
}
