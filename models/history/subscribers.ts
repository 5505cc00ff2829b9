import { go_to, label, when } from '../../src/program/build.js';
import { mn_mm, ops_are_both } from '../../src/kernel/bind.js';
import { mmap_sem, up_write } from '../../src/kernel/locks.js';
import { drop, insert } from '../../src/program/model.js';
import type { Change } from '../history.js';
import { mmu_notifier_register } from '../operations/mmu_notifier_register.js';
import { register } from './steps-of.js';

/** What subscribers are told, and what they may be, through the releases. */

const REGISTER = mmu_notifier_register.name;
const mn = register(mmu_notifier_register, 'mn');

export const subscribers: readonly Change[] = [
  {
    since: '6.6',
    commit: '1af5a8109904',
    about:
      'arch_invalidate_secondary_tlbs and invalidate_range_start on one subscription: a warning, and -EINVAL',
    edits: [
      insert(REGISTER, 'after', { callee: 'down_write' }, [
        when(ops_are_both(mn), [up_write(mmap_sem(mn_mm(mn))), go_to('einval')]),
      ]),
      insert(REGISTER, 'after', { callee: 'up_write' }, [label('einval')]),
    ],
  },
  {
    since: '6.10',
    commit: 'f7842747d13d',
    about: 'set_pte_at_notify is set_pte_at, and change_pte is gone (997308f9ae72)',
    edits: ['wp_page_copy', 'write_protect_page', 'replace_page', '__replace_page'].map((operation) =>
      drop(operation, { callee: 'set_pte_at_notify', part: 'change_pte' }),
    ),
  },
];
