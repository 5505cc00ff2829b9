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
import { equal, let_ } from '../../src/kernel/range.js';
import { find_vma, VM_READ, VM_WRITE, vma_allows } from '../../src/kernel/vma.js';
import { handle_mm_fault } from './handle_mm_fault.js';

const READ = number(0);
const WRITE = number(1);

/**
 * The device's page request, served by the IOMMU driver's thread while the device waits: prq_event_thread,
 * drivers/iommu/intel-svm.c, v4.14. Left out: stack growth, the response codes.
 */
export const prq_event_thread = operation({
  name: 'prq_event_thread',
  from: 'drivers/iommu/intel-svm.c',
  takes: ['addr', 'write'],
  gives: ['fault'],
  locals: ['vma'],
  steps: ({ addr, write, fault, vma }) => [
    page_request(),
    down_read(mmap_sem(addr)),
    when(not(find_vma(addr, vma)), [let_(fault, refused), go_to('invalid')]),
    when(not(vma_allows(vma, VM_READ)), [let_(fault, refused), go_to('invalid')]),
    when(equal(write, WRITE), [
      when(not(vma_allows(vma, VM_WRITE)), [let_(fault, refused), go_to('invalid')]),
    ]),
    call(handle_mm_fault, { addr, write, vma, fault }),
    label('invalid'),
    up_read(mmap_sem(addr)),
  ],
});

/** A read by the device: through its TLB, by a walk of the IOMMU, or by a page request and another try. */
export const device_read = operation({
  name: 'device_read',
  from: 'device',
  takes: ['addr', 'word'],
  locals: ['fault'],
  steps: ({ addr, word, fault }) => [
    label('again'),
    when(not(load(addr, word)), [
      when(
        ats_translate(addr, READ),
        [when(walk_is_split(), [ats_fill(addr)])],
        [
          call(prq_event_thread, { addr, write: READ, fault }),
          when(fault_failed(fault), [force_sig(fault), go_to('out')]),
        ],
      ),
      go_to('again'),
    ]),
    label('out'),
    pasid_idle(),
  ],
});

/** A posted write by the device: it is issued through a translation, and lands later. */
export const device_write = operation({
  name: 'device_write',
  from: 'device',
  takes: ['addr', 'word'],
  locals: ['fault'],
  steps: ({ addr, word, fault }) => [
    label('again'),
    when(not(post(addr, word)), [
      when(
        ats_translate(addr, WRITE),
        [when(walk_is_split(), [ats_fill(addr)])],
        [
          call(prq_event_thread, { addr, write: WRITE, fault }),
          when(fault_failed(fault), [force_sig(fault), go_to('out')]),
        ],
      ),
      go_to('again'),
    ]),
    posted_write_lands(),
    label('out'),
    pasid_idle(),
  ],
});

/** The device drops a translation of its own accord. */
export const device_evict = operation({
  name: 'device_evict',
  from: 'device',
  takes: ['addr'],
  steps: ({ addr }) => [evict(addr), pasid_idle()],
});

/** The device reads a translation ahead of need. */
export const device_prefetch = operation({
  name: 'device_prefetch',
  from: 'device',
  takes: ['addr'],
  steps: ({ addr }) => [prefetch(addr), pasid_idle()],
});
