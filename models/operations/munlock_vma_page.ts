import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { lock_page, unlock_page } from '../../src/kernel/page.js';
import { page_mapped } from '../../src/kernel/rmap.js';
import { isolate_lru_page, putback_lru_page, TTU_MUNLOCK } from '../../src/kernel/vmscan.js';
import { try_to_unmap } from './try_to_unmap.js';

/**
 * A page is locked in memory by one vma less; the rmap is asked whether another still does: munlock_vma_page,
 * __munlock_isolated_page and try_to_munlock. Nothing is unmapped. mm/mlock.c and mm/rmap.c, v4.14.
 *
 * Left out: VM_LOCKED and PG_mlocked: no vma has it, so that every walk ends at its first test.
 */
export const munlock_vma_page = operation({
  name: 'munlock_vma_page',
  from: 'mm/mlock.c',
  takes: ['addr'],
  locals: ['page'],
  steps: ({ addr, page }) => [
    when(not(isolate_lru_page(addr, page)), [go_to('out')]),
    lock_page(page),
    when(page_mapped(page), [call(try_to_unmap, { page, flags: TTU_MUNLOCK })]), // try_to_munlock
    unlock_page(page),
    putback_lru_page(page),
    label('out'),
  ],
});
