import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  ats_fill,
  ats_translate,
  device_evict as evict,
  device_prefetch as prefetch,
  fault_failed,
  force_sig,
  load,
  page_request,
  pasid_idle,
  post,
  posted_write_lands,
  refused,
  walk_is_split,
} from '../../src/kernel/access.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { equal, is_zero, let_ } from '../../src/kernel/range.js';
import {
  device_is_bound,
  forget_seq,
  is_interval,
  is_kvm,
  is_pin,
  walks_page_table,
} from '../../src/kernel/shadow.js';
import { find_vma, VM_READ, VM_WRITE, vma_allows } from '../../src/kernel/vma.js';
import { direct_page_fault } from './direct_page_fault.js';
import { handle_mm_fault } from './handle_mm_fault.js';
import { has_pin } from '../../src/kernel/pin.js';
import { ib_umem_odp_map_dma_and_lock } from './ib_umem_odp_map_dma_and_lock.js';
import { ib_umem_odp_map_dma_pages } from './ib_umem_odp_map_dma_pages.js';
import { pinned_read, pinned_write, put_pinned_page } from './pinned_page.js';

const READ = number(0);
const WRITE = number(1);

/**
 * The device's page request, served by the IOMMU driver's thread while the device waits: prq_event_thread,
 * drivers/iommu/intel-svm.c, v4.14. Left out: stack growth, the response codes. It also stands for get_user_pages of a
 * driver that keeps a page table for its device: the same locks, the same fault.
 */
export const prq_event_thread = operation({
  name: 'prq_event_thread',
  from: 'drivers/iommu/intel-svm.c',
  takes: ['addr', 'write'],
  gives: ['fault'],
  locals: ['vma'],
  steps: ({ addr, write, fault, vma }) => [
    page_request(),
    when(not(device_is_bound()), [let_(fault, refused), go_to('out')]),
    down_read(mmap_sem(addr)),
    when(not(find_vma(addr, vma)), [let_(fault, refused), go_to('invalid')]),
    when(not(vma_allows(vma, VM_READ)), [let_(fault, refused), go_to('invalid')]),
    when(equal(write, WRITE), [
      when(not(vma_allows(vma, VM_WRITE)), [let_(fault, refused), go_to('invalid')]),
    ]),
    call(handle_mm_fault, { addr, write, vma, fault }),
    label('invalid'),
    up_read(mmap_sem(addr)),
    label('out'),
  ],
});

/** A driver that keeps a page table for its device maps the page, each kind in its way. */
export const secondary_mmu_fault = operation({
  name: 'secondary_mmu_fault',
  from: 'device',
  takes: ['addr', 'write'],
  gives: ['missing'],
  steps: ({ addr, write, missing }) => [
    when(not(device_is_bound()), [let_(missing, number(1)), go_to('out')]), // and there it is refused
    let_(missing, number(0)),
    when(is_kvm(), [call(direct_page_fault, { addr, write, missing }), go_to('out')]),
    when(
      is_interval(),
      [call(ib_umem_odp_map_dma_and_lock, { addr, write, missing })],
      [call(ib_umem_odp_map_dma_pages, { addr, write, missing })],
    ),
    label('out'),
  ],
});

/** A read by the device: through its TLB, by a walk of the IOMMU, or by a page request and another try. */
export const device_read = operation({
  name: 'device_read',
  from: 'device',
  takes: ['addr', 'word'],
  locals: ['fault', 'missing'],
  steps: ({ addr, word, fault, missing }) => [
    when(is_pin(), [call(pinned_read, { addr, word }), go_to('out')]),
    label('again'),
    when(not(load(addr, word)), [
      when(
        walks_page_table(),
        [when(ats_translate(addr, READ), [when(walk_is_split(), [ats_fill(addr)]), go_to('again')])],
        [call(secondary_mmu_fault, { addr, write: READ, missing }), when(is_zero(missing), [go_to('again')])],
      ),
      call(prq_event_thread, { addr, write: READ, fault }),
      when(fault_failed(fault), [force_sig(fault), go_to('out')]),
      go_to('again'),
    ]),
    label('out'),
    forget_seq(),
    pasid_idle(),
  ],
});

/** A posted write by the device: it is issued through a translation, and lands later. */
export const device_write = operation({
  name: 'device_write',
  from: 'device',
  takes: ['addr', 'word'],
  locals: ['fault', 'missing'],
  steps: ({ addr, word, fault, missing }) => [
    when(is_pin(), [call(pinned_write, { addr, word }), go_to('out')]),
    label('again'),
    when(not(post(addr, word)), [
      when(
        walks_page_table(),
        [when(ats_translate(addr, WRITE), [when(walk_is_split(), [ats_fill(addr)]), go_to('again')])],
        [
          call(secondary_mmu_fault, { addr, write: WRITE, missing }),
          when(is_zero(missing), [go_to('again')]),
        ],
      ),
      call(prq_event_thread, { addr, write: WRITE, fault }),
      when(fault_failed(fault), [force_sig(fault), go_to('out')]),
      go_to('again'),
    ]),
    posted_write_lands(),
    label('out'),
    forget_seq(),
    pasid_idle(),
  ],
});

/** The device drops a translation of its own accord, its driver a pin. */
export const device_evict = operation({
  name: 'device_evict',
  from: 'device',
  takes: ['addr'],
  steps: ({ addr }) => [
    when(is_pin(), [when(has_pin(addr, READ), [call(put_pinned_page)])], [evict(addr)]),
    pasid_idle(),
  ],
});

/** The device reads a translation ahead of need. */
export const device_prefetch = operation({
  name: 'device_prefetch',
  from: 'device',
  takes: ['addr'],
  steps: ({ addr }) => [prefetch(addr), pasid_idle()],
});
