import { HARDWARE } from '../machine/hardware.js';
import { PMDS_PER_PUD, PTES_PER_PMD } from '../machine/geometry.js';
import type { Region, World } from './case.js';
import { readBoolean, readInteger, readList, readName, readRecord, refuse } from './check-field.js';
import {
  fileBehind,
  FILE_KINDS,
  framesNeeded,
  LIMITS,
  MAPS,
  sharesHuge,
  sharesPmdTable,
  STATES,
  VMA_KINDS,
} from './world-rules.js';

/** Throws BadInput unless `value` is a {@link World} that can be set up. */
export function checkWorld(value: unknown): void {
  const world = readRecord(value, 'world', ['mms', 'files', 'frames', 'swapSlots']);
  const files = readList(world['files'], 'world.files', 0, LIMITS.files, 'files');
  files.forEach((kind, i) => readName(kind, `world.files[${i}]`, FILE_KINDS));
  const mms = readList(world['mms'], 'world.mms', 1, LIMITS.mms, 'mms');
  mms.forEach((mm, i) => checkMm(mm, `world.mms[${i}]`, mms, files));
  readInteger(world['frames'], 'world.frames', PTES_PER_PMD, LIMITS.frames);
  readInteger(world['swapSlots'], 'world.swapSlots', 0, LIMITS.swapSlots);
  checkRoom(value as World);
}

function checkMm(value: unknown, at: string, mms: readonly unknown[], files: readonly unknown[]): void {
  const regions = readList(value, at, PMDS_PER_PUD, 2 * PMDS_PER_PUD, 'regions');
  if (regions.length % PMDS_PER_PUD !== 0)
    refuse(`${at}.length`, regions.length, 'whole PUD regions: 2 or 4');
  const others = (mms[0] as readonly unknown[]).length;
  if (regions.length !== others)
    refuse(`${at}.length`, regions.length, `${others}, as many as world.mms[0] has`);
  regions.forEach((region, i) => checkRegion(region, `${at}[${i}]`, files));
}

function checkRegion(value: unknown, at: string, files: readonly unknown[]): void {
  const region = readRecord(value, at, ['vma', 'writable', 'mergeable', 'file', 'map', 'pages']);
  const vma = readName(region['vma'], `${at}.vma`, VMA_KINDS);
  readBoolean(region['writable'], `${at}.writable`);
  if (readBoolean(region['mergeable'], `${at}.mergeable`) && vma !== 'anon')
    refuse(`${at}.mergeable`, true, `false: only an anon region can be merged, and this is ${vma}`);
  const behind = fileBehind(vma);
  const lastFile = behind === undefined ? 0 : files.length - 1;
  const file = readInteger(region['file'], `${at}.file`, 0, lastFile, 'file in world.files');
  if (behind !== undefined && files[file] !== behind)
    refuse(`${at}.file`, file, `the number of a ${behind} file, as a region of ${vma} needs`);
  const map = readName(region['map'], `${at}.map`, MAPS[vma]);
  const states = map === 'pages' ? STATES[vma] : (['none'] as const);
  readList(region['pages'], `${at}.pages`, PTES_PER_PMD, PTES_PER_PMD, 'pages').forEach((page, i) =>
    readName(page, `${at}.pages[${i}]`, states),
  );
}

/** Both sides of a shared page, swap slots and frames: what single fields cannot show. */
function checkRoom(world: World): void {
  let swapped = 0;
  world.mms.forEach((regions, mm) => {
    regions.forEach((region, r) => {
      if (region.map === 'huge-shared' && !sharesHuge(region, world.mms[1 - mm]?.[r]))
        refuse(
          `world.mms[${mm}][${r}].map`,
          region.map,
          'the same region of the other mm to be huge-shared too, and of the same kind',
        );
      if (region.map === 'pmd-shared' && !sharesPmdTable(world.mms, r))
        refuse(
          `world.mms[${mm}][${r}].map`,
          region.map,
          'both regions of this PUD region, in both mms, to be hugetlb-shared, of consecutive files, the same in both mms, with the same rights and the same map',
        );
      region.pages.forEach((page, p) => {
        if (page === 'swapped') swapped++;
        if (page === 'shared' && !sharedWith(world.mms[1 - mm]?.[r], p))
          refuse(
            `world.mms[${mm}][${r}].pages[${p}]`,
            page,
            'the same page of the other mm to be shared too',
          );
      });
    });
  });
  if (swapped > world.swapSlots)
    refuse('world.swapSlots', world.swapSlots, `at least ${swapped}, a slot for each swapped page`);
  const needed = framesNeeded(world);
  if (needed > world.frames)
    refuse('world.frames', world.frames, `at least ${needed}, a frame for each page that is there`);
  if (world.frames % PTES_PER_PMD !== 0)
    refuse('world.frames', world.frames, `a multiple of ${PTES_PER_PMD}`);
}

function sharedWith(other: Region | undefined, page: number): boolean {
  return other !== undefined && other.vma === 'anon' && other.pages[page] === 'shared';
}

/** Throws BadInput unless `value` names values of switches, none of them conforming. */
export function checkHardware(value: unknown): void {
  const names = HARDWARE.map((h) => h.name);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse('hardware', value, 'an object: switch name to value');
  for (const [name, setting] of Object.entries(value)) {
    const known = HARDWARE[names.indexOf(readName(name, `The switch hardware.${name}`, names))];
    readName(setting, `hardware.${name}`, known.values.slice(1));
  }
}
