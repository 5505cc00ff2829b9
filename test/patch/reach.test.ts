import { expect, test } from '@jest/globals';

import { reachText } from '../../src/patch/remarks.js';
import { judged } from './judging.js';
import { diff, placeText } from './placing.js';

const MOVE = 'static void move_ptes(struct vm_area_struct *vma, pmd_t *old_pmd,';

/** Nobody asks for a flush any more. */
const NEVER_ASKS = `
 		pte = ptep_get_and_clear(mm, old_addr, old_pte);
-		if (pte_present(pte) && pte_dirty(pte))
-			force_flush = true;
 		pte = move_soft_dirty_pte(pte);
`;

/** What stood where a flush was asked for. */
const NEVER_FLUSHES = `
 	if (new_ptl != old_ptl)
 		spin_unlock(new_ptl);
 	if (force_flush) {
-		flush_tlb_range(vma, old_end - len, old_end);
 	} else
 		*need_flush = true;
 	pte_unmap_unlock(old_pte - 1, old_ptl);
`;

test('a step that is dropped where only the base comes is reached, and it is said that only the base does', async () => {
  const placement = placeText(diff('mm/mremap.c', [MOVE, NEVER_ASKS], [MOVE, NEVER_FLUSHES]), 'v4.14');
  expect(placement.hunks.map((h) => h.verdict)).toEqual(['placed', 'placed']);
  const { hunks } = await judged(placement, { cases: 1500, worlds: 0, search: 20 });
  const [, flush] = hunks;
  expect(flush.reach).toMatchObject({ ran: 0, passed: 0 });
  expect(flush.reach.base).toBeGreaterThan(0);
  expect(flush.judgement).not.toBe('not-reached');
  expect(reachText(flush.reach)).toMatch(/in the base; the patched kernel never comes there$/);
}, 60_000);

test('a step that neither kernel comes to is not reached', async () => {
  const placement = placeText(diff('mm/mremap.c', [MOVE, NEVER_FLUSHES]), 'v4.14');
  const { hunks } = await judged(placement, { cases: 1, worlds: 0, search: 0 });
  expect(hunks.map((h) => [h.judgement, h.reach])).toEqual([['not-reached', { ran: 0, passed: 0, base: 0 }]]);
}, 60_000);

test('where a dropped step stood counts when the patched kernel passes by', async () => {
  const placement = placeText(diff('mm/mremap.c', [MOVE, NEVER_ASKS]), 'v4.14');
  const { hunks } = await judged(placement, { cases: 1500, worlds: 0, search: 20 });
  expect(hunks[0].reach.passed).toBeGreaterThan(0);
  expect(reachText(hunks[0].reach)).toMatch(/^the place of what it drops was passed [\d,]+ times?$/);
}, 60_000);
