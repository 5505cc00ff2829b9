import { not, number, when } from '../src/program/build.js';
import { drop, insert, type Edit } from '../src/program/model.js';
import type { Operation, Register } from '../src/program/step.js';
import {
  dax_entry_pages,
  mkwrite_flags,
  PAGECACHE_TAG_TOWRITE,
  pfn_t_pmd,
  radix_tree_tag_clear,
} from '../src/kernel/dax.js';
import { pte_none, pte_write } from '../src/kernel/entry.js';
import { tlb_flush_mmu_tlbonly } from '../src/kernel/gather.js';
import { pmdp_establish, pmdp_set_access_flags } from '../src/kernel/huge.js';
import { vm_normal_page } from '../src/kernel/page.js';
import { pmd_lock, pmd_unlock, set_pmd_at } from '../src/kernel/pgtable.js';
import { is_zero, let_ } from '../src/kernel/range.js';
import { dax_mapping_entry_mkclean } from './operations/dax_mapping_entry_mkclean.js';
import { dax_writeback_one } from './operations/dax_writeback_one.js';
import { vmf_insert_pfn_pmd } from './operations/vmf_insert_pfn_pmd.js';
import { zap_huge_pmd } from './operations/zap_huge_pmd.js';
import { zap_pte_range } from './operations/zap_pte_range.js';

/** What v4.14 gets wrong with DAX, as later kernels repaired it. */

const EVERY_PAGE =
  'mappings of every page of a huge entry are cleaned, not of the first alone: 06083a0921fd, v5.19';
const IN_PLACE =
  'a fault changes the rights of a huge entry that is there, and never takes any: c6f3c5ee40c1, v5.1';
const BOTH_TAGS =
  'a second fsync waits for the flush of the first: the tag that it looks for goes after it. No kernel read does so';
const DIRTY_ZAP =
  'writable entries are flushed before the lock is dropped, as those of page-cache pages; DAX pages became such pages with 38607c62b34b, v6.15';
const SYNC_WALK =
  'the walk waits for whoever is clearing the PMD entry under its lock: PVMW_SYNC since 732ed55823fc, v5.13, used here since 06083a0921fd, v5.19';
const NEVER_NONE =
  'the entry is never none while it is cleaned, or a zap that looks without the lock passes it by: 024eee0e83f0, v5.2';

function register(of: Operation, name: string): Register {
  const [found] = [...of.takes, ...of.gives, ...of.locals].filter((r) => r.name === name);
  return found;
}

/** c6f3c5ee40c1, v5.1. */
function insertPfnPmd(): readonly Edit[] {
  const op = vmf_insert_pfn_pmd;
  const [haddr, pfn, write, vma] = op.takes;
  const [pmd, entry] = op.locals;
  const more = pmdp_set_access_flags(haddr, pmd, mkwrite_flags(vma));
  const steps = [
    when(
      pte_none(entry),
      [set_pmd_at(haddr, pmd, pfn_t_pmd(pfn, write, vma))],
      [when(not(is_zero(write)), [more])],
    ),
  ];
  return [
    insert(op.name, 'after', { callee: 'set_pmd_at' }, steps, IN_PLACE),
    drop(op.name, { callee: 'set_pmd_at' }, IN_PLACE),
  ];
}

const registers = (): readonly Register[] =>
  ['index', 'pages', 'address', 'haddr', 'pmd', 'entry'].map((r) => register(dax_mapping_entry_mkclean, r));

/** 06083a0921fd, v5.19. */
function everyPage(): readonly Edit[] {
  const { name } = dax_mapping_entry_mkclean;
  const [index, pages, address, , pmd] = registers();
  const walk = { callee: 'vma_interval_tree_foreach' };
  return [
    insert(name, 'before', walk, [let_(pages, dax_entry_pages(index))], EVERY_PAGE),
    insert(name, 'before', { callee: 'pmd_offset' }, [pmd_lock(address, pmd), pmd_unlock(pmd)], SYNC_WALK),
  ];
}

/** 024eee0e83f0, v5.2. */
function neverNone(): readonly Edit[] {
  const { name } = dax_mapping_entry_mkclean;
  const [, , , haddr, pmd, entry] = registers();
  const clear = { callee: 'pmdp_huge_clear_flush' };
  return [
    insert(name, 'before', { ...clear, part: 'flush' }, [pmdp_establish(haddr, pmd, entry)], NEVER_NONE),
    drop(name, { ...clear, part: 'clear' }, NEVER_NONE),
  ];
}

function writebackOne(): readonly Edit[] {
  const { name, takes } = dax_writeback_one;
  const clear = radix_tree_tag_clear(takes[0], PAGECACHE_TAG_TOWRITE);
  return [
    drop(name, { callee: 'radix_tree_tag_clear', nth: 1 }, BOTH_TAGS),
    insert(name, 'after', { callee: 'dax_flush' }, [clear], BOTH_TAGS),
  ];
}

function zaps(): readonly Edit[] {
  const [page, entry, force_flush] = ['page', 'entry', 'force_flush'].map((r) => register(zap_pte_range, r));
  const force = when(not(vm_normal_page(page)), [when(pte_write(entry), [let_(force_flush, number(1))])]);
  return [
    insert(zap_pte_range.name, 'before', { callee: 'vm_normal_page' }, [force], DIRTY_ZAP),
    insert(
      zap_huge_pmd.name,
      'before',
      { callee: 'spin_unlock', nth: 2 },
      [tlb_flush_mmu_tlbonly()],
      DIRTY_ZAP,
    ),
  ];
}

export const mkcleanEveryPage = everyPage();
export const mkcleanNeverNone = neverNone();
export const hugeEntryInPlace = insertPfnPmd();

export const daxRepairs: readonly Edit[] = [
  ...mkcleanEveryPage,
  ...mkcleanNeverNone,
  ...writebackOne(),
  ...hugeEntryInPlace,
  ...zaps(),
];
