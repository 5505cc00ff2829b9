import type { PageState, VmaKind } from './case.js';

/**
 * How likely the generator does what. Probabilities are from 0 to 1; weights are relative, the i-th for the i-th number
 * counted from where the comment says.
 */
export interface Odds {
  /** The case has accesses alone, so that faults meet; a second mm shares pages with the first one then. */
  readonly plain: number;
  readonly plainSecondMm: number;
  /** Such a case is about anonymous memory; otherwise about any kind. */
  readonly plainAnon: number;
  /** Kinds of vma among those that an operation has a use for; those with the most states, or that are copied, lead. */
  readonly kinds: Readonly<Record<VmaKind, number>>;
  /** Kernel operations in a case's mix, from 1. */
  readonly mixSize: readonly number[];
  /** A further operation of the mix is drawn again if it has no use for the kind of the hot region. */
  readonly together: number;
  /** Weights in one case differ by up to this factor. */
  readonly uneven: number;

  /** A second mm. */
  readonly secondMm: number;
  /** The second mm has no vma when an operation makes it (fork). */
  readonly emptyMm: number;
  /** A second PUD region. */
  readonly secondPud: number;
  /** A region of the second mm maps what the first one's does. */
  readonly mirrored: number;
  /** A region other than the hot one is of its kind; otherwise one that the mix has a use for. */
  readonly sameKind: number;
  /** A region other than the hot one has no vma. */
  readonly noVma: number;
  readonly readOnly: number;
  readonly mergeable: number;
  /** The same, in a case with an operation that compares two pages. */
  readonly comparable: number;
  /** Factor on pages without a frame in such a case. */
  readonly absentCompared: number;
  /** A region that has a vma has no page table yet. */
  readonly untouched: number;
  /** An anonymous region is one transparent huge page; the huge zero page; a hugetlb region is mapped. */
  readonly huge: number;
  readonly hugeZero: number;
  readonly hugetlbMapped: number;
  /** Huge pages at the same place of both mms are one, as after fork. */
  readonly hugeShared: number;
  /** Where both mms may map a shared hugetlb file over a whole PUD region, they do, and share its table of PMDs. */
  readonly pmdShared: number;
  /** Such a region is not mapped yet; such a table is not there at all yet. */
  readonly pmdEmpty: number;
  readonly pmdUnshared: number;
  /** A mapping gets a file of its own although one of its kind is there. */
  readonly newFile: number;
  readonly pageState: Readonly<Record<PageState, number>>;

  /** Half of the cases by default: one switch is not conforming. Asked for by name it is always so. */
  readonly quirk: number;
  /** Of the cases with one quirk: there is another. */
  readonly secondQuirk: number;

  /** CPU threads, from 1. */
  readonly cpus: readonly number[];
  /** Devices, from 0. */
  readonly devices: readonly number[];
  /** How a device follows the page table: sva, kvm, interval, legacy, pin. */
  readonly subscribers: readonly number[];
  /** Operations of a CPU thread, and of a device, from 1: a device has to come back to notice anything. */
  readonly perThread: readonly number[];
  readonly perDevice: readonly number[];
  /** A thread works on the mm of the hot page. */
  readonly hotMm: number;

  /** A CPU's operation is an access, not one of the mix. */
  readonly access: number;
  /** An address is in the hot region; it has the hot page's place in its region. */
  readonly hotRegion: number;
  readonly hotPage: number;
  /** An access uses the case's hot word. */
  readonly hotWord: number;
  /** The case is focused: an address that may be the hot page is, but for one in `focus`, and so is the word. */
  readonly focused: number;
  readonly focus: number;
  /**
   * The threads of a case have roles: one CPU changes the hot page, other CPUs (from 0) and devices (from 1) use it before,
   * while and after. The case is focused.
   */
  readonly roles: number;
  readonly users: readonly number[];
  readonly roleDevices: readonly number[];
  /** Operations of the one that changes it, from 1; one is an access, whose fault is the change. */
  readonly changes: readonly number[];
  readonly changeIsAccess: number;
  /** Operations of the other CPUs, from 1; one is a kernel operation, in the way of the change. */
  readonly perUser: readonly number[];
  readonly userInterferes: number;
  /**
   * A case is about one of the operations that the generator was told of (see generate-meeting): how many others meet it,
   * from 0; each has a CPU of its own, apart from the one that uses the page; the operation comes after an access; devices,
   * from 0.
   */
  readonly meetings: number;
  readonly partners: readonly number[];
  readonly meetingApart: number;
  readonly meetingBefore: number;
  readonly meetingDevices: readonly number[];
  /** CPUs write and devices read; the other way round; each does either. */
  readonly ways: readonly number[];
  /** The hot page of a focused case, by state: those in which a write makes a copy come first. */
  readonly hotState: Readonly<Record<PageState, number>>;
  /** An address is taken where the operation has no use for the vma. */
  readonly unsuited: number;
  /** Where an operation takes two addresses, the second one is another. */
  readonly elsewhere: number;
  /** A range is one whole PMD region. */
  readonly wholePmd: number;
  /** Of these, in a shared hugetlb mapping: one whole PUD region. */
  readonly wholePud: number;
  /** Other ranges: one page; up to the end of the PMD region; otherwise any number. */
  readonly onePage: number;
  readonly restOfPmd: number;
  /** Each choice point of each call goes the unusual way; a choice that a case has taken to does so far more often. */
  readonly choice: number;
  readonly takesTo: number;
  readonly taken: number;

  /** A variant of a case: it has other hardware; a call is left out, or another one. */
  readonly otherHardware: number;
  readonly lessCall: number;
  readonly otherCall: number;
}

export const DEFAULT_ODDS: Odds = {
  plain: 0.25,
  plainSecondMm: 0.7,
  plainAnon: 0.35,
  kinds: {
    none: 1,
    anon: 2.5,
    'file-shared': 1,
    'file-private': 1,
    dax: 1,
    'hugetlb-private': 2,
    'hugetlb-shared': 0.7,
    shmem: 0.7,
  },
  mixSize: [3, 4, 3, 2, 1],
  together: 0.85,
  uneven: 4,
  secondMm: 0.33,
  emptyMm: 0.85,
  secondPud: 0.08,
  mirrored: 0.75,
  sameKind: 0.35,
  noVma: 0.12,
  readOnly: 0.12,
  mergeable: 0.4,
  comparable: 0.85,
  absentCompared: 0.25,
  untouched: 0.07,
  huge: 0.3,
  hugeZero: 0.12,
  hugetlbMapped: 0.8,
  hugeShared: 0.8,
  pmdShared: 0.5,
  pmdEmpty: 0.15,
  pmdUnshared: 0.2,
  newFile: 0.15,
  pageState: { none: 3, page: 6, written: 5, clean: 2, lazyfree: 2, zero: 3, swapped: 3, shared: 4 },
  quirk: 0.5,
  secondQuirk: 0.1,
  cpus: [2, 6, 4, 1],
  devices: [1, 12, 2],
  subscribers: [85, 7, 5, 3, 6],
  perThread: [4, 4, 3, 1],
  perDevice: [1, 3, 4, 3],
  hotMm: 0.8,
  access: 0.45,
  hotRegion: 0.85,
  hotPage: 0.7,
  hotWord: 0.75,
  focused: 0.5,
  focus: 16,
  roles: 0.6,
  users: [2, 10, 2],
  roleDevices: [10, 1],
  changes: [8, 3, 1],
  changeIsAccess: 0.2,
  perUser: [5, 3, 1],
  userInterferes: 0.28,
  meetings: 0.6,
  partners: [2, 7, 1],
  meetingApart: 0.5,
  meetingBefore: 0.3,
  meetingDevices: [1, 1],
  ways: [6, 3, 3],
  hotState: { none: 2, page: 4, written: 3, clean: 4, lazyfree: 7, zero: 5, swapped: 4, shared: 6 },
  unsuited: 0.02,
  elsewhere: 0.9,
  wholePmd: 0.33,
  wholePud: 0.5,
  onePage: 0.5,
  restOfPmd: 0.5,
  choice: 0.03,
  takesTo: 0.25,
  taken: 0.7,
  otherHardware: 0.5,
  lessCall: 0.12,
  otherCall: 0.12,
};

/** What differs where a case is about one operation: everything is near the hot page, and little is around it. */
export const MEETING_ODDS: Partial<Odds> = {
  secondMm: 0.15,
  secondPud: 0,
  focus: 64,
  onePage: 0.8,
  wholePmd: 0.1,
};
