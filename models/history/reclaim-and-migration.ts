import { call, flags } from '../../src/program/build.js';
import { try_to_unmap_flush } from '../../src/kernel/tlb.js';
import { TTU_BATCH_FLUSH, TTU_MIGRATION } from '../../src/kernel/vmscan.js';
import { drop, insert } from '../../src/program/model.js';
import type { Change } from '../history.js';
import { zapKeepsMapping } from '../repairs-reclaim.js';
import { try_to_unmap } from '../operations/try_to_unmap.js';
import { try_to_unmap_one } from '../operations/try_to_unmap_one.js';
import { unmap_and_move } from '../operations/unmap_and_move.js';
import { register } from './steps-of.js';

const { name } = unmap_and_move;

/** What takes pages away from their mappings: zap, reclaim, migration. */
export const reclaimAndMigration: readonly Change[] = [
  {
    until: '4.12',
    commit: '802a3a92ad7a',
    about: 'reclaim knows no page whose PageSwapBacked and PageSwapCache disagree',
    edits: [drop(try_to_unmap_one.name, { callee: 'choose', nth: 2 })],
  },
  {
    since: '6.2',
    commit: '5df397dec7c4',
    about:
      'zap flushes before it uncounts a dirty file mapping; here once a page, in the kernel once a table',
    edits: zapKeepsMapping,
  },
  {
    since: '6.3',
    commit: '7e12beb8ca2a',
    about:
      'migration batches the CPU flush of what it unmaps; here also where the page goes to device memory and in a synchronous call',
    edits: [
      insert(name, 'after', { callee: 'try_to_unmap' }, [
        call(try_to_unmap, {
          page: register(unmap_and_move, 'page'),
          flags: flags(TTU_MIGRATION, TTU_BATCH_FLUSH),
        }),
        try_to_unmap_flush(),
      ]),
      drop(name, { callee: 'try_to_unmap' }),
    ],
  },
];
