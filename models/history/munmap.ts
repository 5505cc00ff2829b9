import { go_to, label, number, when } from '../../src/program/build.js';
import { downgrade_write, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { equal } from '../../src/kernel/range.js';
import { insert } from '../../src/program/model.js';
import type { Change } from '../history.js';
import { do_munmap } from '../operations/do_munmap.js';
import { munmap } from '../operations/munmap.js';
import { register } from './steps-of.js';

const start = register(do_munmap, 'start');
const downgrade = register(do_munmap, 'downgrade');

/** mmap_lock while munmap takes the pages away. */
export const munmaps: readonly Change[] = [
  {
    since: '4.20',
    commit: 'dd2283f2605e',
    about: 'munmap zaps with mmap_lock held for reading, once the vmas are out of the tree',
    edits: [
      insert(do_munmap.name, 'after', { callee: 'detach_vmas_to_be_unmapped' }, [
        when(equal(downgrade, number(1)), [downgrade_write(mmap_sem(start))]),
      ]),
      insert(munmap.name, 'after', { callee: 'do_munmap' }, [
        up_read(mmap_sem(register(munmap, 'start'))),
        go_to('done'),
      ]),
      insert(munmap.name, 'after', { callee: 'up_write' }, [label('done')]),
    ],
  },
];
