import { expect, test } from '@jest/globals';

import { headerFunction } from '../../src/patch/hunk-functions.js';
import { diff, placeText, summary } from './placing.js';

const place = (...hunks: readonly (readonly [string, string])[]): readonly string[] =>
  summary(placeText(diff('mm/mremap.c', ...hunks), 'v4.14'));

const MOVE = 'static void move_ptes(struct vm_area_struct *vma, pmd_t *old_pmd,';
const OTHER = 'static unsigned long move_vma(struct vm_area_struct *vma,';

const COMMENT = `
-	/* one */
+	/* two */
 	f();
`;

/** Its lines are steps of one function of the file, and of no other. */
const LOSES = `
 		pte = ptep_get_and_clear(mm, old_addr, old_pte);
-		if (pte_present(pte) && pte_dirty(pte))
+		if (pte_present(pte))
 			force_flush = true;
 		pte = move_soft_dirty_pte(pte);
 		set_pte_at(mm, new_addr, new_pte, pte);
`;
const PLACED = 'insert move_ptes before pte_dirty; let(&force_flush, 1); drop move_ptes pte_dirty';

/** One call, which more than one function of the file makes. */
const UNCLEAR = `
-	flush_tlb_range(vma, start, end);
 	x = 1;
`;

test('a hunk under a label is in the function of its neighbours, where both are in one', () => {
  const [, hunk] = place([MOVE, COMMENT], ['again:', UNCLEAR], [MOVE, COMMENT]);
  expect(hunk).toMatch(/^move_ptes placed: drop move_ptes flush_tlb_range/);
  const [, apart] = place([MOVE, COMMENT], ['again:', UNCLEAR], [OTHER, COMMENT]);
  expect(apart).toMatch(/^ not-placeable: .* the hunk does not name: its heading is the label again/);
});

test('a hunk under a label, or with no heading, is in the one function whose steps its lines are', () => {
  expect(place(['again:', LOSES])).toEqual([`move_ptes placed: ${PLACED}`]);
  expect(place(['', LOSES])).toEqual([`move_ptes placed: ${PLACED}`]);
});

test('a hunk that is found by its lines is placed together with those that name the function', () => {
  const [first, second] = place(['again:', LOSES], [MOVE, UNCLEAR]);
  expect([first, second]).toEqual([
    `move_ptes placed: ${PLACED}`,
    expect.stringMatching(/^move_ptes placed: drop move_ptes flush_tlb_range/),
  ]);
});

test('a hunk of which too little is known is not placed, and the label is named', () => {
  expect(place(['again:', UNCLEAR])).toEqual([
    expect.stringMatching(
      /^ not-placeable: "flush_tlb_range\(vma, start, end\)" is in a function that the hunk does not name: its heading is the label again.*; --tree finds it$/,
    ),
  ]);
});

test.each([
  ['struct page *follow_page_mask(struct vm_area_struct *vma,', 'follow_page_mask'],
  ['enum ttu_flags flags_of(int x)', 'flags_of'],
  ['struct mmu_notifier_ops {', ''],
  ['struct x { void (*f)(int a);', ''],
  ['again:', ''],
])('the heading %s names the function "%s"', (heading, name) => {
  expect(headerFunction(heading)).toBe(name);
});
