import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { alloc_page_vma, put_page, SetPageFlag, PG_device_private } from '../../src/kernel/page.js';
import { equal, let_ } from '../../src/kernel/range.js';
import { number } from '../../src/program/build.js';
import { isolate_private_page } from '../../src/kernel/migrate.js';
import { putback_lru_page } from '../../src/kernel/vmscan.js';
import { unmap_and_move } from './unmap_and_move.js';

const ONE = number(1);

/**
 * A driver moves an anonymous page into its device-private memory and, before it lets go of mmap_sem, back: migrate_vma
 * twice, mm/migrate.c, v4.14. In between the entry names device-private memory, which no CPU and no IOMMU can reach; who
 * faults on it waits for the way back, as device_private_entry_fault does through the driver.
 *
 * Only pages that one mm alone maps. The entries are taken away by try_to_unmap alone (migrate_vma_unmap); the C clears
 * those of the caller's mm before that, in migrate_vma_collect.
 */
export const migrate_vma = operation({
  name: 'migrate_vma',
  from: 'mm/migrate.c',
  takes: ['addr'],
  locals: ['page', 'device_page', 'back', 'moved', 'returned'],
  steps: ({ addr, page, device_page, back, moved, returned }) => [
    down_read(mmap_sem(addr)),
    when(not(isolate_private_page(addr, page)), [go_to('out')]),
    when(not(alloc_page_vma(device_page)), [putback_lru_page(page), go_to('out')]),
    SetPageFlag(device_page, PG_device_private),
    when(not(alloc_page_vma(back)), [put_page(device_page), putback_lru_page(page), go_to('out')]),
    call(unmap_and_move, { page, newpage: device_page, moved }),
    putback_lru_page(page),
    when(equal(moved, ONE), [
      call(unmap_and_move, { page: device_page, newpage: back, moved: returned }),
      let_(moved, returned),
    ]),
    put_page(device_page),
    put_page(back),
    label('out'),
    up_read(mmap_sem(addr)),
  ],
});
