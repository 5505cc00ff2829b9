import { expect, test } from '@jest/globals';
import { diff, placeText, summary } from './placing.js';

/** Conditions that gain or lose a part, variables that are set and asked: what fixes of races are mostly made of. */
const place = (base: string, file: string, heading: string, text: string): readonly string[] =>
  summary(placeText(diff(file, [heading, text]), base));

const MOVE = 'static void move_ptes(struct vm_area_struct *vma, pmd_t *old_pmd,';

const LOSES = `
 		pte = ptep_get_and_clear(mm, old_addr, old_pte);
-		if (pte_present(pte) && pte_dirty(pte))
+		if (pte_present(pte))
 			force_flush = true;
 		pte = move_soft_dirty_pte(pte);
`;

test('what stood under a part of a condition that is gone stands without it', () => {
  expect(place('v4.14', 'mm/mremap.c', MOVE, LOSES)).toEqual([
    'move_ptes placed: insert move_ptes before pte_dirty; let(&force_flush, 1); drop move_ptes pte_dirty',
  ]);
});

test('a part that is won is asked around what stands there', () => {
  const wins = LOSES.replace('-\t\t', '*').replace('+\t\t', '-\t\t').replace('*', '+\t\t');
  const [removed, added] = ['-\t\tif (pte_present(pte))\n', '+\t\tif (pte_present(pte) && pte_dirty(pte))\n'];
  expect(wins).toContain(removed);
  expect(
    place('v5.0', 'mm/mremap.c', MOVE, wins.replace(added, '').replace(removed, removed + added)),
  ).toEqual([
    'move_ptes placed: insert move_ptes before let put; when pte_dirty(entry); let(&force_flush, 1); drop move_ptes let put',
  ]);
});

test('a part of which the model knows nothing is said', () => {
  const text = LOSES.replace('pte_dirty(pte)', 'pte_special(pte)');
  expect(place('v4.14', 'mm/mremap.c', MOVE, text)).toEqual([
    'move_ptes not-modelled: "pte_special(pte)", which a condition loses, is not in the model',
  ]);
});

const KSM = 'static int write_protect_page(struct vm_area_struct *vma,';
const CLOSES = `
-	if (pte_write(*pvmw.pte) || pte_dirty(*pvmw.pte) ||
-	    mm_tlb_flush_pending(mm)) {
+	if (pte_write(*pvmw.pte) || pte_dirty(*pvmw.pte)) {
 		pte_t entry;
 
 		flush_cache_page(vma, pvmw.address, page_to_pfn(page));
`;

test('joined by || a part that goes is another way in that is closed', () => {
  expect(place('v4.14', 'mm/ksm.c', KSM, CLOSES)).toEqual([
    'write_protect_page placed: insert write_protect_page before mm_tlb_flush_pending; goto is_protected; ' +
      'drop write_protect_page mm_tlb_flush_pending',
  ]);
});

test('joined by || a part that comes is another way in', () => {
  const opens = CLOSES.replace(/^[-+]/gm, (sign) => (sign === '-' ? '+' : '-'));
  expect(place('v4.12', 'mm/ksm.c', KSM, opens)).toEqual([
    'write_protect_page placed: insert write_protect_page after pte_dirty; when mm_tlb_flush_pending(addr); goto downgrade',
  ]);
  expect(
    place('v4.12', 'mm/ksm.c', KSM, opens.replace('mm_tlb_flush_pending(mm)', 'pte_special(pte)')),
  ).toEqual([
    'write_protect_page not-modelled: write_protect_page does not know the condition "pte_special(pte)"',
  ]);
});

test('a flush that a variable asks for is moved with its condition', () => {
  const text = `
 	arch_leave_lazy_mmu_mode();
+	if (force_flush)
+		flush_tlb_range(vma, old_end - len, old_end);
 	if (new_ptl != old_ptl)
 		spin_unlock(new_ptl);
 	pte_unmap(new_pte - 1);
-	if (force_flush)
-		flush_tlb_range(vma, old_end - len, old_end);
-	else
-		*need_flush = true;
 	pte_unmap_unlock(old_pte - 1, old_ptl);
`;
  expect(place('v4.14', 'mm/mremap.c', MOVE, text)).toEqual([
    'move_ptes placed: insert move_ptes before is_zero; when not is_zero(force_flush); flush_tlb_range(old_addr, extent); ' +
      '.flush  flush_tlb_range(old_addr, extent); drop move_ptes flush_tlb_range; drop move_ptes let #4',
  ]);
});

test('a flush that is asked for no more', () => {
  const text = `
 			if (!PageAnon(page)) {
 				if (pte_dirty(ptent)) {
-					force_flush = 1;
 					set_page_dirty(page);
 				}
`;
  expect(
    place('v4.14', 'mm/memory.c', 'static unsigned long zap_pte_range(struct mmu_gather *tlb,', text),
  ).toEqual(['zap_pte_range placed: drop zap_pte_range let #3']);
});

test('a variable that is set to something else is not the same step', () => {
  const text = `
 				if (pte_dirty(ptent)) {
-					force_flush = 2;
 					set_page_dirty(page);
 				}
`;
  expect(
    place('v4.14', 'mm/memory.c', 'static unsigned long zap_pte_range(struct mmu_gather *tlb,', text),
  ).toEqual(['zap_pte_range not-modelled: "force_flush = 2" is not in the model']);
});

test('a verb of the model is a step, also where the patch defines it', () => {
  const call = `
 	start_pte = pte_offset_map_lock(mm, pmd, addr, &ptl);
 	pte = start_pte;
-	flush_tlb_batched_pending(mm);
 	arch_enter_lazy_mmu_mode();
`;
  const body = `
-void flush_tlb_batched_pending(struct mm_struct *mm)
-{
-	if (mm->tlb_flush_batched)
-		flush_tlb_mm(mm);
-}
-
`;
  const both =
    diff('mm/memory.c', ['static unsigned long zap_pte_range(struct mmu_gather *tlb,', call]) +
    diff('mm/rmap.c', ['static bool should_defer_flush(struct mm_struct *mm, enum ttu_flags flags)', body]);
  expect(summary(placeText(both, 'v4.14'))[0]).toBe(
    'zap_pte_range placed: drop zap_pte_range flush_tlb_batched_pending',
  );
});

test('a step is put before a loop whose first lines the hunk shows', () => {
  const text = `
 	if (new_ptl != old_ptl)
 		spin_lock_nested(new_ptl, SINGLE_DEPTH_NESTING);
-	flush_tlb_batched_pending(vma->vm_mm);
 	arch_enter_lazy_mmu_mode();
 
 	for (; old_addr < old_end; old_pte++, old_addr += PAGE_SIZE,
`;
  const added = text.replace('-\tflush', '+\tflush');
  expect(place('v4.14', 'mm/mremap.c', MOVE, text)).toEqual([
    'move_ptes placed: drop move_ptes flush_tlb_batched_pending',
  ]);
  for (const line of place('v4.12', 'mm/mremap.c', MOVE, added))
    expect(line).not.toMatch(/placed: .*(after|before) is_zero/); // the unlock asks for the same variable
});

test('an entry is never taken for an address because the C leaves the address out', () => {
  const text = `
 	ptl = pmd_lock(mm, pmd);
 	page_ref_unfreeze(page, 2);
-	pmdp_huge_clear_flush_notify(vma, mmun_start, pmd);
 	set_pmd_at(mm, mmun_start, pmd, entry);
`;
  const heading = 'int migrate_misplaced_transhuge_page(struct mm_struct *mm,';
  const [back] = place('v5.0', 'mm/migrate.c', heading, text.replace('-\tpmdp', '+\tpmdp'));
  expect(back).not.toContain('(haddr, haddr');
});

test('a parameter that goes changes nothing where the function is called', () => {
  const head = `
 bool move_huge_pmd(struct vm_area_struct *vma, unsigned long old_addr,
 		  unsigned long new_addr, unsigned long old_end,
-		  pmd_t *old_pmd, pmd_t *new_pmd, bool *need_flush)
+		  pmd_t *old_pmd, pmd_t *new_pmd)
 {
 	spinlock_t *old_ptl, *new_ptl;
`;
  const called = `
 				moved = move_huge_pmd(vma, old_addr, new_addr,
-						    old_end, old_pmd, new_pmd,
-						    &need_flush);
+						    old_end, old_pmd, new_pmd);
 				if (moved)
`;
  const caller = 'unsigned long move_page_tables(struct vm_area_struct *vma,';
  const text = diff('mm/huge_memory.c', ['static pmd_t move_soft_dirty_pmd(pmd_t pmd)', head]);
  const both = text + diff('mm/mremap.c', [caller, called]);
  expect(placeText(both, 'v4.14').hunks.map((h) => h.verdict)).toEqual(['harmless', 'harmless']);
  const [alone] = place('v4.14', 'mm/mremap.c', caller, called);
  expect(alone).toContain('not-modelled');
});

test('arguments of a function that takes others in the C are not guessed', () => {
  const text = `
 		if (extent > LATENCY_LIMIT)
 			extent = LATENCY_LIMIT;
-		move_ptes(vma, old_pmd, old_addr, old_addr + extent, new_vma,
-			  new_pmd, new_addr, need_rmap_locks, &need_flush);
+		move_ptes(vma, old_pmd, old_addr, old_addr + extent, new_vma,
+			  new_pmd, new_addr + 1, need_rmap_locks, &need_flush);
`;
  const [said] = place(
    'v4.14',
    'mm/mremap.c',
    'unsigned long move_page_tables(struct vm_area_struct *vma,',
    text,
  );
  expect(said).toContain('not-modelled');
});

const COW = 'static int wp_page_copy(struct vm_fault *vmf)';
const asked = (condition: string): readonly string[] =>
  place(
    'v4.15',
    'mm/memory.c',
    COW,
    `
-		ptep_clear_flush_notify(vma, vmf->address, vmf->pte);
+		if (${condition})
+			ptep_clear_flush_notify(vma, vmf->address, vmf->pte);
 		page_add_new_anon_rmap(new_page, vma, vmf->address, false);
`,
  );

test('a word that only other operations ask is asked of what this one has; else it is said what it lacks', () => {
  expect(asked('PageAnon(new_page)')[0]).toMatch(/when PageAnon\(new_page\)/);
  expect(asked('pte_dirty(vmf->orig_pte)')).toEqual([
    'wp_page_copy not-modelled: pte_dirty() is asked of "vmf->orig_pte", which the model of wp_page_copy does not keep',
  ]);
});

test('of a call that no operation needs it is said why', () => {
  expect(
    place('v4.15', 'mm/memory.c', COW, '\n+\ttlb_remove_table_sync_one();\n \tput_page(new_page);\n'),
  ).toEqual([
    expect.stringMatching(
      /^wp_page_copy not-modelled: "tlb_remove_table_sync_one\(\)" is not in the model: there walks/,
    ),
  ]);
});
