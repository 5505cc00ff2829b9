import { BadInput } from '../base/errors.js';

/** One way in which hardware differs; the first value of each switch is conforming. */
export interface HardwareSwitch {
  readonly name: string;
  readonly values: readonly string[];
  readonly about: string;
  /** "needs hardware that …", by value. */
  readonly that: readonly string[];
}

/** The switches, in the order in which a {@link HardwareSet} stores them. */
export const HARDWARE = [
  {
    name: 'entry-sizes',
    values: ['4K-and-huge', '4K-only'],
    about: 'translations that the TLB can cache',
    that: ['caches 4K and huge translations', 'caches 4K translations only'],
  },
  {
    name: 'small-invalidation',
    values: ['drops-huge', 'ignored'],
    about: 'an invalidation smaller than a cached huge entry',
    that: [
      'drops a huge entry at any invalidation in it',
      'ignores invalidations smaller than a cached huge entry',
    ],
  },
  {
    name: 'range',
    values: ['covers', 'aligned-block'],
    about: 'what a range invalidation covers',
    that: [
      'invalidates at least the range',
      'invalidates only the aligned power-of-two block that holds the start of the range',
    ],
  },
  {
    name: 'empty-or-all',
    values: ['everything', 'nothing'],
    about: 'an empty range, or the range of all memory',
    that: [
      'takes an empty or all-of-memory range as everything',
      'takes an empty or all-of-memory range as nothing',
    ],
  },
  {
    name: 'dirty-bit',
    values: ['at-walk', 'late'],
    about: 'when the dirty bit of the entry is set',
    that: ['sets the dirty bit in the walk', 'writes dirty bits back late, from a cached writable entry'],
  },
  {
    name: 'walk-and-fill',
    values: ['one-step', 'split'],
    about: 'a walk begun before an invalidation may fill the TLB after it',
    that: [
      'walks and fills in one step',
      'may fill its TLB after an invalidation from a walk begun before it',
    ],
  },
  {
    name: 'posted-writes',
    values: ['drained', 'early-completion'],
    about: 'posted writes in flight at an invalidation',
    that: [
      'drains posted writes before an invalidation completes',
      'completes an invalidation while posted writes are in flight',
    ],
  },
  {
    name: 'completion',
    values: ['at-call', 'needs-sync'],
    about: 'when an invalidation is complete',
    that: ['completes an invalidation at the call', 'completes an invalidation only after a separate sync'],
  },
  {
    name: 'read-only-entry',
    values: ['rewalked', 'kept'],
    about: 'a cached read-only entry at a write',
    that: [
      'walks again for a write through a read-only entry',
      'keeps a read-only entry until it is invalidated',
    ],
  },
  {
    name: 'inactive-pasid',
    values: ['flushed', 'skipped'],
    about: 'an invalidation while no access is in progress',
    that: ['flushes an inactive PASID', 'skips invalidations of an inactive PASID'],
  },
  {
    name: 'walk-cache',
    values: ['none', 'upper-levels', 'until-full-flush'],
    about: 'upper levels of the page table kept by the walker',
    that: [
      'keeps no upper levels',
      'keeps upper levels at a leaf flush',
      'keeps upper levels until a full flush',
    ],
  },
  {
    name: 'prefetch',
    values: ['none', 'any-time'],
    about: 'present entries read without an access',
    that: ['does not prefetch', 'prefetches present entries at any time'],
  },
  {
    name: 'flush-reach',
    values: ['every-tlb', 'counted'],
    about: 'the TLBs that a flush reaches',
    that: ['reaches every TLB attached to the mm', 'reaches only the TLBs that a software counter names'],
  },
  {
    name: 'iotlb',
    values: ['none', 'flushed-first', 'flushed-last'],
    about: 'translations kept by the IOMMU, which a device asks before it walks',
    that: [
      'keeps no translations in the IOMMU',
      "keeps translations in the IOMMU, invalidated in a step before the device's",
      "keeps translations in the IOMMU, invalidated in a step after the device's",
    ],
  },
  {
    name: 'iommus',
    values: ['one', 'one-each'],
    about: 'IOMMUs before the devices of an mm',
    that: [
      'has one IOMMU before all devices',
      'has an IOMMU before each device, invalidated one after the other',
    ],
  },
  {
    name: 'cpu-walk-cache',
    values: ['none', 'until-any-flush', 'upper-levels', 'until-full-flush'],
    about: 'upper levels of the page table kept by a CPU',
    that: [
      'keeps no upper levels in a CPU',
      'keeps upper levels in a CPU until any flush',
      'keeps upper levels in a CPU at a leaf flush',
      'keeps upper levels in a CPU until a full flush',
    ],
  },
] as const satisfies readonly HardwareSwitch[];

export type HardwareName = (typeof HARDWARE)[number]['name'];

/** One value a switch, by index; all zero is conforming. */
export type HardwareSet = Readonly<Record<HardwareName, number>>;

export const CONFORMING: HardwareSet = Object.freeze(
  Object.fromEntries(HARDWARE.map((h) => [h.name, 0])) as Record<HardwareName, number>,
);

/** `name=value` for every switch that is not conforming. */
export function quirksOf(set: HardwareSet): readonly string[] {
  return HARDWARE.filter((h) => set[h.name] !== 0).map((h) => `${h.name}=${h.values[set[h.name]]}`);
}

/** Reads `name=value` pairs over conforming hardware. */
export function hardwareFrom(quirks: readonly string[]): HardwareSet {
  const set: Record<string, number> = { ...CONFORMING };
  for (const quirk of quirks) {
    const [name = '', value = ''] = quirk.split('=');
    const found: HardwareSwitch | undefined = HARDWARE.find((h) => h.name === name);
    if (found === undefined)
      throw new BadInput(
        `Unknown hardware switch "${name}"; expected one of ${HARDWARE.map((h) => h.name).join(', ')}.`,
      );
    const index = found.values.indexOf(value);
    if (index < 0)
      throw new BadInput(
        `Unknown value "${value}" of hardware switch ${name}; expected one of ${found.values.join(', ')}.`,
      );
    set[name] = index;
  }
  return set as HardwareSet;
}

/** The IOMMUs of the set keep translations. */
export const hasIotlb = (set: HardwareSet): boolean => set.iotlb !== 0;

const sets = new WeakMap<object, HardwareSet>();
/** Few sets are drawn, again and again. */
const known = new Map<string, HardwareSet>();

/** The set of a case's quirks by name; unknown ones are refused where cases are checked. */
export function hardwareOf(quirks: Readonly<Partial<Record<HardwareName, string>>>): HardwareSet {
  let set = sets.get(quirks);
  if (set === undefined) {
    const quirk = Object.entries(quirks).map(([name, value]) => `${name}=${value}`);
    const key = quirk.join(' ');
    set = known.get(key);
    if (set === undefined) known.set(key, (set = quirk.length === 0 ? CONFORMING : hardwareFrom(quirk)));
    sets.set(quirks, set);
  }
  return set;
}
