import { expect, test } from '@jest/globals';
import { diff, placeText, summary } from './placing.js';

const COLLECT = 'static int migrate_vma_collect_pmd(pmd_t *pmdp,';

test.each([
  [
    'pages that become folios',
    'static vm_fault_t wp_page_copy(struct vm_fault *vmf)',
    '-\t\tput_page(old_page);\n+\t\tfolio_put(old_folio);\n \t\tpte_unmap_unlock(vmf->pte, vmf->ptl);',
  ],
  [
    'a call whose arguments stand in another order',
    'static int replace_page(struct vm_area_struct *vma, struct page *page,',
    '-\tpage_remove_rmap(page, vma, false);\n+\tfolio_remove_rmap_pte(folio, page, vma);\n \tpte_unmap_unlock(ptep, ptl);',
  ],
  [
    'an entry that is read by its helper',
    'static int write_protect_page(struct vm_area_struct *vma, struct page *page,',
    '-\tif (pte_write(*pvmw.pte))\n+\tif (unlikely(pte_write(ptep_get(pvmw.pte))))\n \t\tflush_tlb_page(vma, pvmw.address);',
  ],
  [
    'a bracket that no longer names its vma',
    'static int write_protect_page(struct vm_area_struct *vma, struct page *page,',
    '-\tmmu_notifier_range_init(&range, MMU_NOTIFY_CLEAR, 0, vma, mm, addr, addr + PAGE_SIZE);\n' +
      '+\tmmu_notifier_range_init(&range, MMU_NOTIFY_CLEAR, 0, mm, addr,\n+\t\t\t\taddr + PAGE_SIZE);',
  ],
])('%s are no change', (_, heading, lines) => {
  expect(summary(placeText(diff('mm/x.c', [heading, `\n${lines}\n`]), 'v6.1'))).toEqual([
    expect.stringMatching(/ harmless: it says the same in other words$/),
  ]);
});

test.each([
  ['another page', '-\tput_page(old_page);\n+\tfolio_put(new_folio);'],
  [
    'another range',
    '-\tflush_tlb_range(vma, start, end);\n+\tflush_tlb_range(vma, start, start + PAGE_SIZE);',
  ],
  [
    'another event',
    '-\tmmu_notifier_range_init(&range, MMU_NOTIFY_CLEAR, 0, mm, a, b);\n' +
      '+\tmmu_notifier_range_init(&range, MMU_NOTIFY_MIGRATE, 0, mm, a, b);',
  ],
])('%s is a change', (_, lines) => {
  const [hunk] = placeText(
    diff('mm/x.c', ['static vm_fault_t wp_page_copy(struct vm_fault *vmf)', `\n${lines}\n`]),
    'v6.1',
  ).hunks;
  expect(hunk.verdict).not.toBe('harmless');
});

test('what the machine has nothing of moves along with what it has', () => {
  const text = `
-	arch_leave_lazy_mmu_mode();
-	pte_unmap_unlock(ptep - 1, ptl);
 
 	/* only what was changed */
 	if (unmapped)
 		flush_tlb_range(walk->vma, start, end);
 
+	arch_leave_lazy_mmu_mode();
+	pte_unmap_unlock(ptep - 1, ptl);
 	return 0;
`;
  const [before, after] = [text, text.replace(/^[-+]/gm, (s) => (s === '-' ? '+' : '-'))];
  expect(summary(placeText(diff('mm/x.c', [COLLECT, before]), 'v5.10'))).toEqual([
    'migrate_vma_collect placed: drop migrate_vma_collect pte_unmap_unlock; ' +
      'insert migrate_vma_collect after equal; pte_unmap_unlock(pte)',
  ]);
  expect(summary(placeText(diff('mm/x.c', [COLLECT, after]), 'v6.1'))).toEqual([
    'migrate_vma_collect placed: insert migrate_vma_collect before equal put; pte_unmap_unlock(pte); ' +
      'drop migrate_vma_collect pte_unmap_unlock',
  ]);
});

test('counters and assertions are nothing; a variable is what it is used for', () => {
  const hunk = (lines: string): string =>
    diff('mm/x.c', ['static vm_fault_t wp_page_copy(struct vm_fault *vmf)', `\n${lines}\n`]);
  const idle =
    '+\tVM_BUG_ON_PAGE(!PageLocked(page), page);\n+\tif (seen)\n+\t\tcount_vm_event(THP_SPLIT_PMD);';
  expect(placeText(hunk(idle), 'v4.14').hunks[0].verdict).toBe('harmless');
  expect(placeText(hunk('+\tbool copied = false;\n+\n+\tcopied = true;'), 'v4.14').hunks[0].verdict).toBe(
    'harmless',
  );
  const used = '+\tbool copied = true;\n+\n+\tif (copied)\n+\t\tput_page(old_page);';
  expect(placeText(hunk(used), 'v4.14').hunks[0].verdict).not.toBe('harmless');
  const other = '-\tbool copied = true;\n+\tbool copied = false;';
  expect(placeText(hunk(other), 'v4.14').hunks[0].verdict).not.toBe('harmless');
});

test('a verb that calls something besides is not the same verb without it', () => {
  const lines =
    '\n \tptep_clear_flush(vma, addr, ptep);\n-\tset_pte_at_notify(mm, addr, ptep, newpte);\n+\tset_pte_at(mm, addr, ptep, newpte);\n';
  const [text] = summary(
    placeText(
      diff('mm/x.c', ['static int replace_page(struct vm_area_struct *vma, struct page *page,', lines]),
      'v6.6',
    ),
  );
  expect(text).toMatch(/^replace_page placed: insert replace_page after set_pte_at_notify; set_pte_at\(/);
  expect(text).not.toContain('change_pte');
});

test('a gather that is handed on is no argument; others of a function are not guessed by their order', () => {
  const hunk = (now: string): string =>
    diff('mm/x.c', [
      'static inline unsigned long change_pmd_range(struct vm_area_struct *vma,',
      `\n-\t\tthis_pages = change_pte_range(vma, pmd, addr, next, newprot, cp_flags);\n+\t\tthis_pages = ${now};\n \t\tpages += this_pages;\n`,
    ]);
  const handed = placeText(hunk('change_pte_range(tlb, vma, pmd, addr, next, newprot, cp_flags)'), 'v5.15');
  expect(handed.hunks[0]).toMatchObject({ verdict: 'harmless', edits: [] });
  const other = placeText(hunk('change_pte_range(vma, pmd, addr, end, newprot, cp_flags)'), 'v5.15');
  expect(other.hunks[0]).toMatchObject({ verdict: 'not-modelled', edits: [] });
});
