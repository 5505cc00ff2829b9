import type { Prng } from '../base/prng.js';
import { PMDS_PER_PUD, PTES_PER_PMD } from '../machine/geometry.js';
import type { FileKind, PageState, Region, VmaKind, World } from './case.js';
import { drawKind, type Mix } from './generate-mix.js';
import type { Odds } from './odds.js';
import { FILE_KINDS, fileBehind, framesNeeded, LIMITS, MAPS, STATES } from './world-rules.js';

/** Frames beyond twice the pages, and frames that must be free when the case begins. */
const SPARE_FRAMES = 8;
/** States without a frame of the page's own. */
const ABSENT: ReadonlySet<PageState> = new Set(['none', 'zero', 'swapped']);
const FEWEST_SLOTS = 4;
const MOST_SLOTS = 6;

/** The page that a case is about. */
export interface Hot {
  readonly mm: number;
  readonly region: number;
  /** 0 to 3 in its region. */
  readonly page: number;
  readonly word: number;
  /** Nearly every address that may be the hot page is. */
  readonly focused: boolean;
  /** The threads have roles at it (generate-threads). */
  readonly roles: boolean;
}

type Draft = { -readonly [K in keyof Region]: Region[K] } & { pages: PageState[] };
const NOTHING: readonly PageState[] = ['none', 'none', 'none', 'none'];

/** One draw of a world. */
class WorldDraft {
  readonly files: FileKind[] = [];

  constructor(
    private readonly prng: Prng,
    private readonly mix: Mix,
    private readonly odds: Odds,
  ) {}

  region(vma: VmaKind): Draft {
    const { prng, odds } = this;
    const map = this.map(vma);
    const anon = vma === 'anon';
    return {
      vma,
      writable: vma !== 'none' && !prng.chance(odds.readOnly),
      mergeable: anon && prng.chance(this.mix.compares ? odds.comparable : odds.mergeable),
      file: this.fileOf(vma),
      map,
      pages:
        map === 'pages' && vma !== 'none' && !prng.chance(odds.untouched) ? this.pages(vma) : [...NOTHING],
    };
  }

  /** A region of the second mm that maps what `other` does. */
  mirrored(other: Draft): Draft {
    const region = this.region(other.vma);
    region.file = other.file;
    if (
      other.map === 'huge' &&
      fileBehind(other.vma) === undefined &&
      this.prng.chance(this.odds.hugeShared)
    ) {
      region.map = other.map = 'huge-shared';
      region.pages = [...NOTHING];
      return region;
    }
    if (other.vma !== 'anon' || region.map !== 'pages' || other.map !== 'pages') return region;
    const { none, page, shared } = this.odds.pageState;
    const share = shared / (shared + none + page);
    for (let i = 0; i < PTES_PER_PMD; i++) {
      if (this.prng.chance(share)) region.pages[i] = other.pages[i] = 'shared';
    }
    return region;
  }

  /**
   * The mms map the PUD region from region `first` on with one shared mapping of a hugetlb file each. Its table of PMDs is
   * shared at the start, or will be by faults or by fork.
   */
  sharePmdTable(mms: readonly Draft[][], first: number, forked: boolean): void {
    const { prng, odds } = this;
    const file = this.files.length;
    if (file > LIMITS.files - PMDS_PER_PUD) return;
    const writable = !prng.chance(odds.readOnly);
    const unshared = mms.length < 2 || forked || prng.chance(odds.pmdUnshared);
    for (let i = 0; i < PMDS_PER_PUD; i++) {
      this.files.push('hugetlbfs');
      const map = unshared || prng.chance(odds.pmdEmpty) ? 'pages' : 'pmd-shared';
      for (const mm of forked ? mms.slice(0, 1) : mms)
        mm[first + i] = {
          vma: 'hugetlb-shared',
          writable,
          mergeable: false,
          file: file + i,
          map,
          pages: [...NOTHING],
        };
    }
    if (unshared && prng.chance(odds.hugetlbMapped)) mms[0][first].map = 'huge'; // in a table of its own
  }

  /** The kind of a region that is not the hot one. */
  kind(): VmaKind {
    const { prng, mix, odds } = this;
    if (prng.chance(odds.noVma)) return 'none';
    if (mix.kernel.items.length === 0 || prng.chance(odds.sameKind)) return mix.kind;
    return drawKind(prng, prng.pick(mix.kernel.items).kinds, odds);
  }

  fileOf(vma: VmaKind): number {
    const kind = fileBehind(vma);
    if (kind === undefined) return 0;
    const had = this.files.lastIndexOf(kind);
    // A second file of a kind only while there is room for one of each other kind.
    const room = LIMITS.files - FILE_KINDS.length + 1;
    if (had >= 0 && (this.files.length >= room || !this.prng.chance(this.odds.newFile))) return had;
    return this.files.push(kind) - 1;
  }

  private map(vma: VmaKind): Region['map'] {
    const { prng, odds } = this;
    if (MAPS[vma].length === 1) return 'pages';
    if (vma === 'dax' || vma === 'shmem') return prng.chance(odds.huge) ? 'huge' : 'pages';
    if (vma !== 'anon') return prng.chance(odds.hugetlbMapped) ? 'huge' : 'pages';
    if (prng.chance(odds.huge)) return 'huge';
    return prng.chance(odds.hugeZero) ? 'huge-zero' : 'pages';
  }

  private pages(vma: VmaKind): PageState[] {
    const states = STATES[vma];
    const pages: PageState[] = [];
    const weights = this.weights(states, this.odds.pageState);
    // Sharing is drawn once both sides are known.
    for (let i = 0; i < states.length; i++) if (states[i] === 'shared') weights[i] = 0;
    while (pages.length < PTES_PER_PMD) pages.push(states[this.prng.weighted(weights)]);
    return pages;
  }

  /** The hot page of a focused case gets a state in which more can happen to it. */
  heat(mms: readonly Draft[][], hot: Hot): void {
    const region = mms[hot.mm][hot.region];
    if (region.map !== 'pages' || region.vma === 'none') return;
    const states = STATES[region.vma];
    if (states.length === 0) return;
    const state = states[this.prng.weighted(this.weights(states, this.odds.hotState))];
    const other = mms.length === 2 ? mms[1 - hot.mm][hot.region] : undefined;
    if (state === 'shared') {
      if (other?.vma !== 'anon' || other.map !== 'pages' || region.vma !== 'anon') return;
      other.pages[hot.page] = 'shared';
    } else if (region.pages[hot.page] === 'shared' && other !== undefined) other.pages[hot.page] = 'page';
    region.pages[hot.page] = state;
  }

  /** Pages that are compared are mostly there. */
  private weights(states: readonly PageState[], odds: Odds['pageState']): number[] {
    const absent = this.mix.compares ? this.odds.absentCompared : 1;
    return states.map((s) => (ABSENT.has(s) ? odds[s] * absent : odds[s]));
  }
}

export function drawWorld(prng: Prng, mix: Mix, odds: Odds): { world: World; hot: Hot } {
  const draft = new WorldDraft(prng, mix, odds);
  const puds = prng.chance(odds.secondPud) ? 2 : 1;
  const regions = puds * PMDS_PER_PUD;
  const mms: Draft[][] = [[]];
  const hotRegion = prng.below(regions);
  for (let r = 0; r < regions; r++) mms[0].push(draft.region(r === hotRegion ? mix.kind : draft.kind()));
  if (mix.otherMm && prng.chance(odds.emptyMm)) mms.push(mms[0].map(() => draft.region('none')));
  else if (mix.otherMm || prng.chance(mix.plain ? odds.plainSecondMm : odds.secondMm)) {
    mms.push(
      mms[0].map((other) =>
        prng.chance(odds.mirrored) ? draft.mirrored(other) : draft.region(draft.kind()),
      ),
    );
  }
  if (mix.kind === 'hugetlb-shared' && prng.chance(odds.pmdShared)) {
    const forked = mms.length === 2 && mms[1].every((r) => r.vma === 'none');
    draft.sharePmdTable(mms, hotRegion - (hotRegion % PMDS_PER_PUD), forked);
  }
  if (mix.file && draft.files.length === 0) draft.files.push('page-cache');
  const roles = mix.meeting !== undefined || prng.chance(odds.roles);
  const hot = {
    // Where the second mm has something else at the place, its page is no partner of the first one's.
    mm: mms.length === 2 && mms[1][hotRegion].vma === mix.kind ? prng.below(2) : 0,
    region: hotRegion,
    page: prng.below(PTES_PER_PMD),
    word: prng.below(2),
    roles,
    focused: roles || prng.chance(odds.focused),
  };
  if (hot.focused) draft.heat(mms, hot);
  const pages = mms.length * regions * PTES_PER_PMD;
  const world = {
    mms,
    files: draft.files,
    frames: Math.min(LIMITS.frames, 2 * pages + SPARE_FRAMES),
    swapSlots: prng.between(FEWEST_SLOTS, MOST_SLOTS),
  };
  makeRoom(world, mms, hotRegion);
  return { world, hot };
}

/** Takes pages out of regions, the hot ones last, until frames and swap slots suffice. */
function makeRoom(world: World, mms: readonly Draft[][], hotRegion: number): void {
  let slots = world.swapSlots;
  for (const mm of mms)
    for (const region of mm)
      for (let i = 0; i < PTES_PER_PMD; i++)
        if (region.pages[i] === 'swapped' && --slots < 0) region.pages[i] = 'page';
  if (mms.length * mms[0].length <= 2 * PMDS_PER_PUD && world.files.length < 2) return;
  for (let r = mms[0].length - 1; r >= 0 && framesNeeded(world) > world.frames - SPARE_FRAMES; r--) {
    if (r === hotRegion) continue;
    for (const mm of mms) {
      mm[r].map = 'pages';
      mm[r].pages = [...NOTHING];
    }
  }
}
