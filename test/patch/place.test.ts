import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { diff, placeText, summary } from './placing.js';

const patch = (name: string): string =>
  readFileSync(new URL(`./patches/${name}.patch`, import.meta.url), 'utf8');

const ten: readonly (readonly [string, string, readonly string[]])[] = [
  ['cow-without-notify', 'v4.14', ['wp_page_copy placed: mute wp_page_copy:after-clear']],
  [
    'notify-after-set',
    'v4.14',
    [
      'wp_page_copy placed: mute wp_page_copy:after-clear',
      'wp_page_copy placed: insert wp_page_copy after set_pte_at_notify; mmu_notifier_invalidate_range(addr, 1)',
    ],
  ],
  [
    'narrowed-range',
    'v4.14',
    [
      'change_pmd_range placed: insert change_pmd_range after mmu_notifier_invalidate_range_end; ' +
        'mmu_notifier_invalidate_range_end(mni_start, 1); .notify  mmu_notifier_invalidate_range(mni_start, 1); ' +
        '.end  invalidate_range_end(mni_start, 1); ' +
        '.callbacks  call __mmu_notifier_invalidate_range_end(start = mni_start, count = 1); ' +
        'drop change_pmd_range mmu_notifier_invalidate_range_end',
    ],
  ],
  [
    'notify-after-unlock',
    'v4.14',
    [
      'wp_page_copy placed: mute wp_page_copy:after-clear',
      'wp_page_copy placed: insert wp_page_copy after pte_unmap_unlock; mmu_notifier_invalidate_range(addr, 1)',
    ],
  ],
  ['only-end', 'v4.15', ['try_to_unmap_one placed: mute try_to_unmap_one:range-end']],
  [
    'unbalanced-error-path',
    'v4.14',
    [
      'migrate_misplaced_transhuge_page placed: drop migrate_misplaced_transhuge_page mmu_notifier_invalidate_range_end',
    ],
  ],
  [
    'lock-dropped-early',
    'v4.14',
    [
      'replace_page placed: insert replace_page after ptep_clear_flush_notify; pte_unmap_unlock(pte)',
      'replace_page placed: drop replace_page pte_unmap_unlock #2',
    ],
  ],
  [
    'flush-after-put',
    'v4.14',
    [
      'wp_page_copy placed: drop wp_page_copy ptep_clear_flush_notify; ' +
        'insert wp_page_copy after ptep_clear_flush_notify; ptep_get_and_clear(addr, pte, &entry)',
      'wp_page_copy placed: insert wp_page_copy after put_page #4; flush_tlb_range(addr, 1); ' +
        '.flush  flush_tlb_range(addr, 1)',
    ],
  ],
  [
    'flush-after-put-held',
    'v4.14',
    [
      'replace_page placed: drop replace_page ptep_clear_flush_notify; ' +
        'insert replace_page after ptep_clear_flush_notify; ptep_get_and_clear(addr, pte, &entry); ' +
        'insert replace_page after put_page; flush_tlb_range(addr, 1); .flush  flush_tlb_range(addr, 1)',
    ],
  ],
  [
    'safe-removal',
    'v4.14',
    ['__split_huge_zero_page_pmd placed: mute __split_huge_zero_page_pmd:after-clear'],
  ],
];

test.each(ten)('%s is placed as edits of its operation', (name, base, expected) => {
  expect(summary(placeText(patch(name), base))).toEqual(expected);
});

test('a helper that was split off changes nothing', () => {
  expect(placeText(patch('refactoring')).hunks.map((h) => h.verdict)).toEqual(['harmless', 'harmless']);
});

const NOTIFY = `
 	flush_cache_page(vma, addr, pte_pfn(*ptep));
-	ptep_clear_flush_notify(vma, addr, ptep);
+	ptep_clear_flush(vma, addr, ptep);
 	set_pte_at_notify(mm, addr, ptep, newpte);
`;
const heading = 'static int replace_page(struct vm_area_struct *vma, struct page *page,';

test('the file does not matter, nor what variables are called', () => {
  const placed = summary(placeText(diff('mm/ksm.c', [heading, NOTIFY]), 'v4.14'));
  const elsewhere = diff('mm/merge.c', [
    heading,
    NOTIFY.replace(/\bptep\b/g, 'slot').replace(/\baddr\b/g, 'where'),
  ]);
  expect(summary(placeText(elsewhere, 'v4.14'))).toEqual(placed);
});

test('hunks may come in any order', () => {
  const hunks: [string, string][] = [
    [heading, NOTIFY],
    [
      heading,
      `
 		try_to_free_swap(page);
-	put_page(page);
 
 	pte_unmap_unlock(ptep, ptl);
`,
    ],
  ];
  const [first, second] = diff('mm/ksm.c', ...hunks).split(/(?=@@ -300)/);
  const [names, rest] = first.split(/(?=@@ -200)/);
  const there = placeText(first + second, 'v4.14');
  const back = placeText(names + second + rest, 'v4.14');
  expect(summary(back)).toEqual([...summary(there)].reverse());
  expect(there.hunks.map((h) => h.verdict)).toEqual(['placed', 'placed']);
});

test('a call that could be one of two is not placed, and the line is said', () => {
  const [hunk] = placeText(
    diff('mm/memory.c', [
      'static int wp_page_copy(struct vm_fault *vmf)',
      '\n \t/* drop it */\n-\tput_page(page);\n ',
    ]),
    'v4.14',
  ).hunks;
  expect(hunk).toMatchObject({ verdict: 'not-placeable', line: 6 });
  expect(hunk.why).toMatch(/^wp_page_copy has \d places where this put_page\(\) could stand$/);
});

test.each([
  ['an unknown function', 'static void frob(void)', '-\tput_page(page);', 'no operation models frob()'],
  ['an unknown call', 'static int wp_page_copy(void)', '+\tfrob(page);', '"frob(page)" is not in the model'],
  [
    'a condition that the model lacks',
    'static int wp_page_copy(void)',
    '+\tif (frob(page))\n+\t\tput_page(page);',
    '"if(frob(page))" is not in the model',
  ],
  [
    'a changed value',
    'static int wp_page_copy(void)',
    '-\tret = 0;\n+\tret = 1;',
    '"ret = 0" is not in the model',
  ],
])('%s is not modelled', (_, name, change, why) => {
  const text = `\n \tcopy_user_highpage(new_page, old_page, addr, vma);\n${change}\n `;
  const [hunk] = placeText(diff('mm/memory.c', [name, text]), 'v4.14').hunks;
  expect(hunk.verdict).toBe('not-modelled');
  expect(hunk.why).toContain(why);
});

test.each([
  ['a comment', ' \tfoo();\n-\t/* mmu_notifier_invalidate_range() here */\n+\t/* put_page() there */'],
  ['wrapping', '-\tput_page(a,\n-\t\t b);\n+\tput_page(a, b);'],
  ['an include', '+#include <linux/mm.h>'],
  ['a declaration', '+\tstruct mmu_notifier_range range;'],
  ['braces', '-\tif (ret) {\n+\tif (ret)\n \t\tfoo(page);\n-\t}'],
])('%s is harmless', (_, change) => {
  const text = diff('mm/rmap.c', ['static bool page_mkclean_one(void)', `\n${change}\n `]);
  expect(placeText(text).hunks.map((h) => h.verdict)).toEqual(['harmless']);
});

test('a function renamed with all its calls is harmless, and the same between two verbs is not', () => {
  const rename = (from: string, to: string): string =>
    diff(
      'mm/rmap.c',
      ['', `\n }\n-static void ${from}(struct page *page)\n+static void ${to}(struct page *page)\n {` + '\n'],
      ['static bool page_mkclean_one(void)', `\n-\t${from}(page);\n+\t${to}(page);\n `],
    );
  expect(placeText(rename('frob', 'frob_page')).hunks.map((h) => h.verdict)).toEqual([
    'harmless',
    'harmless',
  ]);
  expect(placeText(rename('put_page', 'get_page')).hunks[1].verdict).not.toBe('harmless');
});

test('a function that moves to another file is harmless', () => {
  const lines = ['static void frob(struct page *page)', '{', '\tput_page(page);', '}'];
  const body = (sign: string): string => `\n${lines.map((l) => sign + l).join('\n')}\n`;
  const text = diff('mm/rmap.c', ['', body('-')]) + diff('mm/frob.c', ['', body('+')]);
  expect(placeText(text).hunks.map((h) => h.verdict)).toEqual(['harmless', 'harmless']);
});

test('documentation is harmless, other files are not', () => {
  const text = (file: string): string => diff(file, ['', '\n-put_page(page);\n ']);
  expect(placeText(text('Documentation/mm/x.rst')).hunks[0].verdict).toBe('harmless');
  expect(placeText(text('mm/Kconfig')).hunks[0].verdict).toBe('not-modelled');
});

test('the base is the one whose steps fit, and it is said', () => {
  expect(placeText(patch('only-end')).base.model.name).toBe('v4.15');
  const fixed = placeText(patch('safe-removal'));
  expect(fixed.base.model.name).toBe('v4.14');
  expect(fixed.base.why).toContain('the context fits it best');
  expect(fixed.base.applied).toBe(false);
});

test('a patch that the base has already is told apart', () => {
  expect(placeText(patch('safe-removal'), 'v4.15').base.applied).toBe(true);
});

test('a base that does not exist is refused', () => {
  expect(() => placeText(patch('only-end'), 'v4.41')).toThrow('There is no model "v4.41" to use as a base.');
});

test('hunks of one function place each other: their order is that of the steps', () => {
  const unmap = 'static bool try_to_unmap_one(struct page *page, struct vm_area_struct *vma,';
  const range = '(mm, address,\n+\t\t\t\t\t\t      address + PAGE_SIZE);';
  const text = diff(
    'mm/rmap.c',
    [
      unmap,
      `
 			set_pte_at(mm, pvmw.address, pvmw.pte, swp_pte);
+			/* nobody maps a device page */
 			goto discard;
 		}
`,
    ],
    [
      unmap,
      `
 			dec_mm_counter(mm, mm_counter(page));
+			mmu_notifier_invalidate_range${range}
 		} else if (flags & (TTU_MIGRATION | TTU_SPLIT_FREEZE)) {
 			swp_entry_t entry;
`,
    ],
    [
      unmap,
      `
 			set_pte_at(mm, address, pvmw.pte, swp_pte);
+			/* waits for the migration entry */
 		} else if (PageAnon(page)) {
`,
    ],
    [
      unmap,
      `
 			if (!PageSwapBacked(page)) {
 				if (!PageDirty(page)) {
+					mmu_notifier_invalidate_range${range}
 					dec_mm_counter(mm, MM_ANONPAGES);
 					goto discard;
 				}
`,
    ],
    [
      unmap,
      `
 			set_pte_at(mm, address, pvmw.pte, swp_pte);
-		} else
+			mmu_notifier_invalidate_range${range}
+		} else {
 			dec_mm_counter(mm, mm_counter_file(page));
+		}
 discard:
 		page_remove_rmap(subpage, PageHuge(page));
 		put_page(page);
-		mmu_notifier_invalidate_range(mm, address,
-					      address + PAGE_SIZE);
 	}
`,
    ],
  );
  const placement = placeText(
    `Comments\n\n> +\tmmu_notifier_invalidate_range(mm, a, b);\n\nWhy?\n\nPatch\n\n${text}`,
  );
  expect(placement.base.model.name).toBe('v4.14');
  expect(summary(placement)).toEqual([
    'try_to_unmap_one harmless: comments and blanks',
    'try_to_unmap_one placed: notify try_to_unmap_one/unused:after-clear',
    'try_to_unmap_one harmless: comments and blanks',
    'try_to_unmap_one placed: notify try_to_unmap_one/lazyfree-clean:after-clear',
    'try_to_unmap_one placed: notify try_to_unmap_one/swap:after-set; mute try_to_unmap_one:after-unlink',
  ]);
});

test('a base-commit that is a release is the base', () => {
  const text = `${patch('only-end')}\nbase-commit: bebc6082da0a9f5d47a1ea2edc099bf671058bd4\n`;
  expect(placeText(text).base).toMatchObject({
    model: { name: 'v4.14' },
    why: 'base-commit bebc6082da0a is v4.14',
  });
  expect(placeText(text.replace('bebc', 'aaaa')).base.model.name).toBe('v4.15');
});

test.each([
  ['brackets', '('],
  ['braces', '{'],
  ['calls', 'f('],
  ['conditions', 'if(a)'],
  ['quotes', '"'],
  ['comments', '/*'],
  ['stars', '*'],
  ['statements', 'f();'],
])(
  'many %s are read to their end',
  (_, text) => {
    const line = `+${text.repeat(100)}\n`;
    const lines = line.repeat(900);
    const hunk = `--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1,1 +1,901 @@ static int wp_page_copy(void)\n a();\n${lines}`;
    // what takes more than a few times as long as there are lines does not come to an end in this time
    expect(placeText(hunk, 'v4.14').hunks).toHaveLength(1);
  },
  60_000,
);
