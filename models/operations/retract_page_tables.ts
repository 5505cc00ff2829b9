import { each, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { khugepaged_test_exit, next_retractable_pmd, pte_free } from '../../src/kernel/collapse-shmem.js';
import { mm_find_pmd, pmdp_collapse_flush } from '../../src/kernel/khugepaged.js';
import { down_write, down_write_trylock, i_mmap_rwsem, mmap_sem, up_write } from '../../src/kernel/locks.js';
import { pmd_lock, pmd_unlock } from '../../src/kernel/pgtable.js';

/**
 * Takes the tables of PTEs away that mapped the small pages of a file, in every mm whose mmap_sem is free, so that the next fault
 * maps the huge page. They map nothing any more; they go back at once, and no subscriber hears of it. mm/khugepaged.c, v4.14.
 *
 * The exit test is in 4.14.y: v4.14.0 lacks it.
 */
export const retract_page_tables = operation({
  name: 'retract_page_tables',
  from: 'mm/khugepaged.c',
  takes: ['index'],
  locals: ['addr', 'cursor', 'pmd', 'pgtable', 'ptl'],
  steps: ({ index, addr, cursor, pmd, pgtable }) => [
    down_write(i_mmap_rwsem(index)),
    each(next_retractable_pmd(index, cursor, addr), [
      when(not(mm_find_pmd(addr)), [go_to('next')]),
      when(not(down_write_trylock(mmap_sem(addr))), [go_to('next')]), // the huge page stays mapped by PTEs
      when(not(khugepaged_test_exit(addr)), [
        pmd_lock(addr, pmd),
        pmdp_collapse_flush(addr, pmd, pgtable),
        pmd_unlock(pmd),
        pte_free(pgtable),
      ]),
      up_write(mmap_sem(addr)),
      label('next'),
    ]),
    up_write(i_mmap_rwsem(index)),
  ],
});
