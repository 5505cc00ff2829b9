import type { Change } from './history.js';
import { copyOnWriteOrder } from './history/copy-on-write-order.js';
import { cowReuse } from './history/cow-reuse.js';
import { daxChanges } from './history/dax.js';
import { deviceMemory } from './history/device-memory.js';
import { hugePages } from './history/huge-pages.js';
import { hugetlbChanges } from './history/hugetlb.js';
import { invalidatePages } from './history/invalidate-page.js';
import { memoryFailures } from './history/memory-failure.js';
import { mprotects } from './history/mprotect.js';
import { mremaps } from './history/mremap.js';
import { kernelHalf } from './history/kernel-half.js';
import { munmaps } from './history/munmap.js';
import { notifier2017 } from './history/notifier-2017.js';
import { numa } from './history/numa.js';
import { pageTablesGone } from './history/page-tables-gone.js';
import { reclaimAndMigration } from './history/reclaim-and-migration.js';
import { softDirty } from './history/soft-dirty.js';
import { teardown } from './history/teardown.js';
import { subscribers } from './history/subscribers.js';
import { tlbGather } from './history/tlb-gather.js';
import { userfaultfd } from './history/userfaultfd.js';
import { vmaLocks } from './history/vma-locks.js';

/** Everything that is known of how the base operations changed, before v4.14 and after it, by topic. */
export const changes: readonly Change[] = [
  ...notifier2017,
  ...numa,
  ...teardown,
  ...copyOnWriteOrder,
  ...cowReuse,
  ...daxChanges,
  ...deviceMemory,
  ...hugePages,
  ...hugetlbChanges,
  ...invalidatePages,
  ...kernelHalf,
  ...memoryFailures,
  ...mprotects,
  ...mremaps,
  ...munmaps,
  ...pageTablesGone,
  ...reclaimAndMigration,
  ...softDirty,
  ...subscribers,
  ...tlbGather,
  ...userfaultfd,
  ...vmaLocks,
];
