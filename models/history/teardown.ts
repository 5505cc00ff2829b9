import { call, go_to, not, when } from '../../src/program/build.js';
import { page_mapping_is } from '../../src/kernel/filemap.js';
import { is_zero } from '../../src/kernel/range.js';
import { clear_highpage } from '../../src/kernel/shmem.js';
import { drop, insert, type Edit, type Locator } from '../../src/program/model.js';
import type { Step } from '../../src/program/step.js';
import { shmem_punch_compound } from '../operations/shmem_punch_compound.js';
import { shmem_undo_range } from '../operations/shmem_undo_range.js';
import { truncate_inode_page } from '../operations/truncate_inode_page.js';
import { blockingReaper, nonblockingReaper, reapsInBrackets, swappedCopies } from '../repairs-teardown.js';
import type { Change } from '../history.js';
import { register } from './steps-of.js';

/** A huge page that loses a part is split, and the part goes as others do; what cannot be split is zeroed, once its lock is waited for. */
function punchSplits(): readonly Edit[] {
  const { name } = shmem_undo_range;
  const [index, count, page, whole] = ['index', 'count', 'page', 'whole'].map((r) =>
    register(shmem_undo_range, r),
  );
  const asks = (): Step => call(shmem_punch_compound, { page, index, count, whole });
  const partly = (nth: number): Locator => ({ callee: 'PageTransCompound_partly', nth });
  return [
    insert(name, 'before', partly(1), [
      when(page_mapping_is(page), [asks(), when(not(is_zero(whole)), [call(truncate_inode_page, { page })])]),
    ]),
    drop(name, partly(1)),
    drop(name, partly(2)),
    insert(name, 'before', { callee: truncate_inode_page.name, nth: 2 }, [
      asks(),
      when(is_zero(whole), [clear_highpage(page), go_to('next')]),
    ]),
  ];
}

/** Truncation, exit and the oom reaper. */
export const teardown: readonly Change[] = [
  {
    since: '4.16',
    commit: 'unknown', // the patch after 5ff7091f5a2c in its series
    about: 'the oom reaper takes vmas one by one inside brackets, also of an mm with subscribers',
    edits: reapsInBrackets,
  },
  {
    since: '4.16',
    until: '4.19',
    commit: '5ff7091f5a2c',
    about: 'the oom reaper leaves an mm alone that has subscribers whose callbacks may sleep',
    edits: blockingReaper,
  },
  {
    since: '4.19',
    commit: '93065ac753e4',
    about: 'the oom reaper opens brackets that may not sleep, and skips a vma whose bracket is refused',
    edits: nonblockingReaper,
  },
  {
    since: '5.7',
    commit: '71725ed10c40',
    about:
      'a hole punch of tmpfs splits a huge page of which only a part goes, and looks at page->mapping before it zeroes the part',
    edits: punchSplits(),
  },
  {
    since: '5.18',
    commit: '5abfd71d936a',
    about: 'truncation zaps private copies that were swapped out, hole punch what migrates of the file',
    edits: swappedCopies,
  },
];
