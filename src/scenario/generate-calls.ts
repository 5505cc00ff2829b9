import type { Prng } from '../base/prng.js';
import { PMDS_PER_PUD, PTES_PER_PMD } from '../machine/geometry.js';
import type { OperationCall, Region, World } from './case.js';
import { kindBit, type Drawable } from './generate-mix.js';
import type { Hot } from './generate-world.js';
import type { Odds } from './odds.js';

const NO_CHOICES: readonly string[] = [];
const ANY_KIND = -1;

/** Draws calls in one world: which addresses they name, how long their ranges are, what goes the unusual way. */
export class Calls {
  /** Pages of an mm. */
  private readonly pages: number;
  /** All mms' regions, one after the other, and the bit of each one's kind. */
  private readonly regions: readonly Region[];
  private readonly bits: readonly number[];
  /** Kinds of vma by mm, and in all mms. */
  private readonly kinds: readonly number[];
  private readonly everywhere: number;
  private readonly taken = new Map<string, number>();
  private readonly hotRegion: number;
  private readonly hotPage: number;
  private readonly hotWord: number;

  constructor(
    private readonly prng: Prng,
    private readonly world: World,
    private readonly hot: Hot,
    private readonly odds: Odds,
    private readonly devices: number,
  ) {
    this.pages = world.mms[0].length * PTES_PER_PMD;
    this.regions = world.mms.length === 1 ? world.mms[0] : world.mms.flat();
    this.bits = this.regions.map((r) => kindBit(r.vma));
    this.kinds = world.mms.map((mm) => mm.reduce((bits, r) => bits | kindBit(r.vma), 0));
    this.everywhere = this.kinds.reduce((a, b) => a | b, 0);
    const { focused, roles } = hot;
    this.hotRegion = roles ? 1 - 1 / odds.focus : odds.hotRegion;
    this.hotPage = focused ? 1 - 1 / odds.focus : odds.hotPage;
    this.hotWord = focused ? 1 - 1 / odds.focus : odds.hotWord;
  }

  /** True if a thread of `mm` has something to call it on. */
  suits(d: Drawable, mm: number): boolean {
    if (d.otherMm && this.world.mms.length === 1) return false;
    if (d.file && this.world.files.length === 0) return false;
    if (d.device && this.devices === 0) return false;
    if (d.reach === 'nowhere') return true;
    return (d.kinds & (d.reach === 'own' ? this.kinds[mm] : this.everywhere)) !== 0;
  }

  draw(d: Drawable, mm: number): OperationCall {
    const kinds = d.callable.args;
    const args: number[] = [];
    let addr = 0;
    let count = 0;
    let region = -1;
    let whole = false;
    let own = -1;
    for (let i = 0; i < kinds.length; i++) {
      switch (kinds[i]) {
        case 'addr':
        case 'any-addr':
          region = this.region(d, kinds[i] === 'addr' ? mm : -1);
          addr = this.address(region, count);
          // Two pages that are compared are two pages.
          if (i > 0 && kinds[i] === 'any-addr' && addr === args[i - 1]) {
            if (this.prng.chance(0.5)) args[i - 1] = this.neighbour(addr);
            else addr = this.neighbour(addr);
          }
          if (kinds[i + 1] === 'count' && this.prng.chance(this.odds.wholePmd)) {
            addr = region * PTES_PER_PMD;
            count = PTES_PER_PMD;
            // what hugetlb shares is the table of a whole PUD region
            if (this.regions[region].vma === 'hugetlb-shared' && this.prng.chance(this.odds.wholePud)) {
              addr -= addr % (PMDS_PER_PUD * PTES_PER_PMD);
              count = PMDS_PER_PUD * PTES_PER_PMD;
            }
            whole = true;
          } else if (whole) addr = region * PTES_PER_PMD;
          if (kinds[i] === 'addr') {
            // what is moved goes elsewhere, or nothing is
            if (own >= 0 && addr === args[own] && this.prng.chance(this.odds.elsewhere))
              addr = this.elsewhere(addr, args, own);
            own = i;
          }
          args.push(addr);
          break;
        case 'own-pmd':
        case 'pmd':
          region = this.region(d, kinds[i] === 'pmd' ? -1 : mm);
          addr = this.room(region * PTES_PER_PMD, Math.ceil(count / PTES_PER_PMD) * PTES_PER_PMD);
          args.push(addr);
          break;
        case 'count':
          if (count === 0) count = this.count(addr);
          args.push(count);
          break;
        case 'word':
          args.push(this.prng.chance(this.hotWord) ? this.hot.word : this.prng.below(2));
          break;
        case 'prot':
          args.push(this.prng.below(2));
          break;
        case 'file':
          args.push(this.filePage(region < 0 ? this.region(d, -1) : region));
          break;
        case 'file-count':
          args.push(this.fileCount(args[i - 1]));
          break;
        case 'device':
          args.push(this.prng.below(Math.max(1, this.devices)));
          break;
        case 'mm':
          args.push(this.prng.below(this.world.mms.length));
          break;
        case 'other-mm':
          args.push(1 - mm);
          break;
      }
    }
    return { name: d.callable.operation.name, args, choices: this.choices(d.callable.choices) };
  }

  /** A region of `mm`, -1 for any, by its place among all: the hot one, or one that the operation has a use for. */
  private region(d: Drawable, mm: number): number {
    const { prng, hot, odds } = this;
    const perMm = this.world.mms[0].length;
    const lo = mm < 0 ? 0 : mm * perMm;
    const hi = mm < 0 ? this.regions.length : lo + perMm;
    const kinds = prng.chance(odds.unsuited) ? ANY_KIND : d.kinds;
    const hottest = (mm < 0 ? hot.mm : mm) * perMm + hot.region;
    if ((this.bits[hottest] & kinds) !== 0 && prng.chance(this.hotRegion)) return hottest;
    const start = prng.below(hi - lo);
    for (let i = 0; i < hi - lo; i++) {
      const r = lo + ((start + i) % (hi - lo));
      if ((this.bits[r] & kinds) !== 0) return r;
    }
    return lo + start;
  }

  /** A page of the region, often the hot one's place in it, with room for `count` pages after it. */
  private address(region: number, count: number): number {
    const page = this.prng.chance(this.hotPage) ? this.hot.page : this.prng.below(PTES_PER_PMD);
    return this.room(region * PTES_PER_PMD + page, count);
  }

  /** Another page of the same region. */
  private neighbour(addr: number): number {
    const page = addr % PTES_PER_PMD;
    return addr - page + ((page + 1 + this.prng.below(PTES_PER_PMD - 1)) % PTES_PER_PMD);
  }

  /** An address of the mm other than `addr`, which argument `from` has as well; or that one gives it up. */
  private elsewhere(addr: number, args: number[], from: number): number {
    const { prng, pages } = this;
    const count = args[from + 1] ?? 1;
    const other =
      addr -
      (addr % pages) +
      (((addr % pages) + count + prng.below(Math.max(1, pages - 2 * count + 1))) % pages);
    if (prng.chance(0.5)) return this.room(other, count);
    args[from] = this.room(other, count);
    return addr;
  }

  /** `addr`, or before it, so that `count` pages fit into its mm. */
  private room(addr: number, count: number): number {
    const page = addr % this.pages;
    return addr - Math.max(0, page + count - this.pages);
  }

  private count(addr: number): number {
    const { prng, odds } = this;
    if (prng.chance(odds.onePage)) return 1;
    if (prng.chance(odds.restOfPmd)) return PTES_PER_PMD - (addr % PTES_PER_PMD);
    return 1 + prng.below(this.pages - (addr % this.pages));
  }

  /** A page of the file that the region maps, or of any. */
  private filePage(region: number): number {
    const { vma, file } = this.regions[region];
    const mapped = vma !== 'none' && vma !== 'anon' && vma !== 'hugetlb-private';
    const block = mapped ? file : this.prng.below(this.world.files.length);
    return this.address(block, 0);
  }

  /** Pages from the file page on, up to the end of its file. */
  private fileCount(page: number): number {
    const most = PTES_PER_PMD - (page % PTES_PER_PMD);
    return this.prng.chance(this.odds.onePage) ? 1 : 1 + this.prng.below(most);
  }

  /** How likely the choice is in this case: swarm testing for outcomes. */
  private likely(choice: string): number {
    let likely = this.taken.get(choice);
    if (likely === undefined) {
      likely = this.prng.chance(this.odds.takesTo) ? this.odds.taken : this.odds.choice;
      this.taken.set(choice, likely);
    }
    return likely;
  }

  private choices(of: readonly string[]): readonly string[] {
    let out: string[] | undefined;
    for (const choice of of) if (this.prng.chance(this.likely(choice))) (out ??= []).push(choice);
    return out ?? NO_CHOICES;
  }
}
