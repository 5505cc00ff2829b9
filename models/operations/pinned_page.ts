import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { fault_failed, force_sig } from '../../src/kernel/access.js';
import { lock_page, put_page, set_page_dirty, unlock_page } from '../../src/kernel/page.js';
import {
  has_pin,
  pin_is_dirty,
  pin_is_held,
  pin_load,
  pin_mkclean,
  pin_store,
  pinned_frame,
  unpin_page,
} from '../../src/kernel/pin.js';
import { let_ } from '../../src/kernel/range.js';
import { get_user_pages_unlocked } from './get_user_pages_unlocked.js';

const READ = number(0);
const WRITE = number(1);

/**
 * The pin ends: what was written through it is told to the page, then the reference is put. __ib_umem_release,
 * drivers/infiniband/core/umem.c, v4.14; set_page_dirty_lock, mm/page-writeback.c.
 */
export const put_pinned_page = operation({
  name: 'put_pinned_page',
  from: 'driver',
  takes: [],
  locals: ['page'],
  steps: ({ page }) => [
    when(pin_is_held(), [
      let_(page, pinned_frame()),
      when(pin_is_dirty(), [lock_page(page), set_page_dirty(page), pin_mkclean(), unlock_page(page)]),
      unpin_page(),
      put_page(page),
    ]),
  ],
});

/** A device reads a page that its driver has pinned; another page is pinned in its place first. */
export const pinned_read = operation({
  name: 'pinned_read',
  from: 'device',
  takes: ['addr', 'word'],
  locals: ['err'],
  steps: ({ addr, word, err }) => [
    when(not(has_pin(addr, READ)), [
      call(put_pinned_page),
      call(get_user_pages_unlocked, { addr, write: READ, err }),
      when(fault_failed(err), [force_sig(err), go_to('out')]),
    ]),
    pin_load(word),
    label('out'),
  ],
});

/** The same for a write: the page is pinned for writing. */
export const pinned_write = operation({
  name: 'pinned_write',
  from: 'device',
  takes: ['addr', 'word'],
  locals: ['err'],
  steps: ({ addr, word, err }) => [
    when(not(has_pin(addr, WRITE)), [
      call(put_pinned_page),
      call(get_user_pages_unlocked, { addr, write: WRITE, err }),
      when(fault_failed(err), [force_sig(err), go_to('out')]),
    ]),
    pin_store(word),
    label('out'),
  ],
});
