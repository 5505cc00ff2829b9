import { beforeAll, expect, test } from '@jest/globals';
import { models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { loadCGrammar } from '../../src/campaign/c-grammar.js';
import { placeSeries } from '../../src/patch/place-series.js';
import type { Placement } from '../../src/patch/placement.js';
import { printC } from '../../src/patch/print-c.js';
import { printDiff } from '../../src/patch/print-diff.js';
import { readSeries } from '../../src/patch/read-series.js';
import type { SourceTree } from '../../src/patch/tree.js';
import { operations } from './placing.js';
import { randomEdits } from './random-edits.js';

let functions: SourceTree['functions'];
beforeAll(async () => {
  functions = await loadCGrammar();
});

const place = (text: string, files: Readonly<Record<string, string>>, base = 'v4.14'): Placement => {
  const tree = { read: (path: string) => files[path], functions };
  const series = readSeries([{ subject: '', body: text }], 'the patch');
  return placeSeries(series, models, operations, base, tree);
};

test('definitions are found, also between directives and behind unknown macros', () => {
  const text = `#include <linux/mm.h>
EXPORT_SYMBOL(x);
static pte_t *one(struct page *page)
{
	if (page) {
		two();
	}
}
#ifdef CONFIG_X
static inline int __init two(void)
{
}
#endif
`;
  expect(functions(text)).toEqual([
    { name: 'one', first: 3, last: 8 },
    { name: 'two', first: 10, last: 12 },
  ]);
});

const CONTEXT = 0;

test('with the sources, hunks without any context are placed', () => {
  const base = models.find((m) => m.name === 'v4.14')!;
  const prng = new Prng('patches with a tree');
  const count = { placed: 0, refused: 0 };
  for (let i = 0; i < 40; i++) {
    const { operation, edits } = randomEdits(prng, operations, base);
    const wanted = { ...base, edits: [...base.edits, ...edits] };
    const diff = printDiff([operation], base, wanted, CONTEXT);
    const [[name, lines], ...others] = [...printC(operation, base)];
    if (diff === '' || others.length > 0 || !/\.c$/.test(operation.from)) continue;
    const placement = place(diff, { [operation.from]: `${lines.join('\n')}\n` });
    if (placement.hunks.every((h) => h.verdict === 'placed')) {
      count.placed++;
      expect([diff, printC(operation, placement.model).get(name)]).toEqual([
        diff,
        printC(operation, wanted).get(name),
      ]);
    } else count.refused++;
  }
  expect(count.placed).toBeGreaterThan(10 * count.refused);
});

const FILE = `static int replace_page(struct vm_area_struct *vma, struct page *page)
{
	mmu_notifier_invalidate_range_start(mm, start, end);
	ptep = pte_offset_map_lock(mm, pmd, addr, &ptl);
	if (!pte_same(*ptep, orig_pte)) {
		pte_unmap_unlock(ptep, ptl);
		goto out_mn;
	}
	get_page(kpage);
	page_add_anon_rmap(kpage, vma, addr, false);
	ptep_clear_flush_notify(vma, addr, ptep);
	set_pte_at_notify(mm, addr, ptep, newpte);
	page_remove_rmap(page, false);
	put_page(page);
	pte_unmap_unlock(ptep, ptl);
out_mn:
	mmu_notifier_invalidate_range_end(mm, start, end);
out:
	return err;
}
`;
const unlock = (at: number): string => `--- a/mm/ksm.c
+++ b/mm/ksm.c
@@ -${at},1 +${at},0 @@
-	pte_unmap_unlock(ptep, ptl);
`;

test('the file says which of two equal calls it is', () => {
  const [last] = place(unlock(15), { 'mm/ksm.c': FILE }).hunks;
  expect(last.edits).toEqual([
    { kind: 'drop', in: 'replace_page', step: { callee: 'pte_unmap_unlock', nth: 2 } },
  ]);
  const [first] = place(unlock(6), { 'mm/ksm.c': FILE }).hunks;
  expect(first.edits).toEqual([{ kind: 'drop', in: 'replace_page', step: { callee: 'pte_unmap_unlock' } }]);
});

test('a second patch is read in the tree that the first one leaves', () => {
  const series = readSeries(
    [
      { subject: '[PATCH 1/2] a', body: unlock(6) },
      { subject: '[PATCH 2/2] b', body: unlock(14) },
    ],
    'the series',
  );
  const tree = { read: (path: string) => (path === 'mm/ksm.c' ? FILE : undefined), functions };
  const { hunks } = placeSeries(series, models, operations, 'v4.14', tree);
  expect(hunks.map((h) => h.edits.map((e) => ('step' in e ? e.step.nth : 0)))).toEqual([[undefined], [2]]);
});

test('a patch for another tree is refused', () => {
  expect(() => place(unlock(6), { 'mm/ksm.c': 'int x;\n' })).toThrow(
    'Line 3: the hunk does not apply to mm/ksm.c of the tree; expected the tree that the patch was made for.',
  );
});
