import type { Primitive } from '../program/primitive.js';
import type { Arg, Computed, Condition, Constant, Do, Expand } from '../program/step.js';
import { Vocabulary } from '../program/vocabulary.js';
import * as access from './access.js';
import * as anonExclusive from './anon-exclusive.js';
import * as bind from './bind.js';
import * as choice from './choice.js';
import * as collapseShmem from './collapse-shmem.js';
import * as dax from './dax.js';
import * as entry from './entry.js';
import * as exit from './exit.js';
import * as filemap from './filemap.js';
import * as gather from './gather.js';
import * as gup from './gup.js';
import * as highmem from './highmem.js';
import * as huge from './huge.js';
import * as hugetlb from './hugetlb.js';
import * as hugetlbMigrate from './hugetlb-migrate.js';
import * as hugetlbTables from './hugetlb-tables.js';
import * as hugetlbTruncate from './hugetlb-truncate.js';
import * as kernelHalf from './kernel-half.js';
import * as ksm from './ksm.js';
import * as khugepaged from './khugepaged.js';
import * as kvm from './kvm.js';
import * as locks from './locks.js';
import * as mappingDirty from './mapping-dirty.js';
import * as mm from './mm.js';
import * as mprotect from './mprotect.js';
import * as notifier from './notifier.js';
import * as oom from './oom.js';
import * as page from './page.js';
import * as pgtable from './pgtable.js';
import * as pin from './pin.js';
import * as promise from './promise.js';
import * as range from './range.js';
import * as rmap from './rmap.js';
import * as shadow from './shadow.js';
import * as shmem from './shmem.js';
import * as srcu from './srcu.js';
import * as subscriber from './subscriber.js';
import * as swap from './swap.js';
import * as tlb from './tlb.js';
import * as migrate from './migrate.js';
import * as pageVmaMapped from './page-vma-mapped.js';
import * as memoryFailure from './memory-failure.js';
import * as truncate from './truncate.js';
import * as umemOdp from './umem-odp.js';
import * as uprobes from './uprobes.js';
import * as vma from './vma.js';
import * as vmaLock from './vma-lock.js';
import * as writeback from './writeback.js';
import * as vmscan from './vmscan.js';

/** Every file of this room that exports verbs or constants of the step language. */
const files: readonly Readonly<Record<string, unknown>>[] = [
  access,
  anonExclusive,
  bind,
  choice,
  collapseShmem,
  dax,
  entry,
  exit,
  filemap,
  gather,
  gup,
  highmem,
  huge,
  khugepaged,
  kernelHalf,
  hugetlb,
  hugetlbMigrate,
  hugetlbTables,
  hugetlbTruncate,
  ksm,
  kvm,
  locks,
  mappingDirty,
  mm,
  mprotect,
  notifier,
  oom,
  page,
  pgtable,
  pin,
  promise,
  range,
  rmap,
  shadow,
  shmem,
  srcu,
  subscriber,
  swap,
  tlb,
  truncate,
  umemOdp,
  uprobes,
  vma,
  vmaLock,
  migrate,
  pageVmaMapped,
  vmscan,
  writeback,
  memoryFailure,
];

type Builder = (...args: readonly Arg[]) => Do | Expand | Condition | Computed;

/** What one export gives to the register: a verb's primitive, or those of the parts that it expands into. */
function primitivesOf(name: string, exported: unknown): readonly (readonly [string, Primitive])[] {
  if (typeof exported !== 'function') return [];
  if ('primitive' in exported) return [[name, exported.primitive as Primitive]];
  if (!isKernelWord(name)) return [];
  const args = Array.from({ length: exported.length }, (): Arg => ({ kind: 'register', name: 'any' }));
  const step = (exported as Builder)(...args);
  if ('primitive' in step) return [[name, step.primitive]];
  return step.parts.flatMap((part) =>
    part.kind === 'do' ? [[`${name}.${part.part ?? ''}`, part.primitive] as const] : [],
  );
}

/** Verbs bear the kernel's names; our own functions are in camelCase or one plain word. */
function isKernelWord(name: string): boolean {
  return /^[a-zA-Z\d]*_\w+$/.test(name);
}

function isConstant(exported: unknown): exported is Constant {
  return (
    typeof exported === 'object' && exported !== null && 'kind' in exported && exported.kind === 'constant'
  );
}

const exported = files.flatMap((file) => Object.entries(file));

/** Verbs, tests, values and constants of the kernel by name: what listings are written and read with. */
export const kernelWords = new Vocabulary(
  // exported verbs first, so that a part that is a verb of its own goes by that name
  [...exported]
    .sort(([, a], [, b]) => Number(isVerb(b)) - Number(isVerb(a)))
    .flatMap(([name, value]) => primitivesOf(name, value)),
  exported.map(([, value]) => value).filter(isConstant),
);

function isVerb(value: unknown): boolean {
  return typeof value === 'function' && 'primitive' in value;
}
