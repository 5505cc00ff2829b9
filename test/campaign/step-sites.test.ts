import { expect, test } from '@jest/globals';

import { callables } from '../../models/models.js';
import { innermost, StepSites } from '../../src/campaign/step-sites.js';

const sites = new StepSites(callables);

test('a step belongs to the innermost operation of its path', () => {
  expect(sites.siteOf('user_write user_write:4 wp_page_copy:9 ptep_clear_flush_notify.notify')).toBe(
    'wp_page_copy',
  );
  expect(sites.siteOf('munmap munmap:3+ mmu_notifier_invalidate_range')).toBe('munmap');
});

test('sites are counted once, whatever leads to them', () => {
  const paths = ['a user_write:2 store', 'b user_write:3 page_walk', 'user_read:2 load'];
  expect(sites.count(paths)).toBe(2);
});

test.each([
  ['munmap do_munmap:4 unmap_vmas:2 flush_tlb_range', 'unmap_vmas:2 flush_tlb_range'],
  ['user_read hugetlb_fault:14+2 huge_pte_alloc:1 pud_none', 'huge_pte_alloc:1 pud_none'],
  ['memory_failure memory_failure:5+3 down_write_trylock', 'memory_failure:5+3 down_write_trylock'],
  ['fsync fsync:7+ goto out', 'fsync:7+ goto out'],
])('%s without the calls around it is %s', (path, expected) => {
  expect(innermost(path)).toBe(expected);
});
