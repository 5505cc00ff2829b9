import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { fault_failed, force_sig, load, page_walk, store } from '../../src/kernel/access.js';
import { do_user_addr_fault } from './do_user_addr_fault.js';

const READ = number(0);
const WRITE = number(1);

/** A load by user code: through the CPU's TLB, by a walk, or by a page fault and another try. */
export const user_read = operation({
  name: 'user_read',
  from: 'user space',
  takes: ['addr', 'word'],
  locals: ['fault'],
  steps: ({ addr, word, fault }) => [
    label('again'),
    when(not(load(addr, word)), [
      when(not(page_walk(addr, READ)), [
        call(do_user_addr_fault, { addr, write: READ, fault }),
        when(fault_failed(fault), [force_sig(fault), go_to('out')]),
      ]),
      go_to('again'),
    ]),
    label('out'),
  ],
});

/** A store of the operation's value by user code. */
export const user_write = operation({
  name: 'user_write',
  from: 'user space',
  takes: ['addr', 'word'],
  locals: ['fault'],
  steps: ({ addr, word, fault }) => [
    label('again'),
    when(not(store(addr, word)), [
      when(not(page_walk(addr, WRITE)), [
        call(do_user_addr_fault, { addr, write: WRITE, fault }),
        when(fault_failed(fault), [force_sig(fault), go_to('out')]),
      ]),
      go_to('again'),
    ]),
    label('out'),
  ],
});
