import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { fault_failed } from '../../src/kernel/access.js';
import { follow_page } from '../../src/kernel/gup.js';
import { down_write, mmap_sem, up_write } from '../../src/kernel/locks.js';
import { copy_user_highpage } from '../../src/kernel/highmem.js';
import { alloc_page_vma, put_page } from '../../src/kernel/page.js';
import { is_zero } from '../../src/kernel/range.js';
import { copy_to_page, valid_vma } from '../../src/kernel/uprobes.js';
import { find_vma } from '../../src/kernel/vma.js';
import { __replace_page } from './__replace_page.js';
import { handle_mm_fault } from './handle_mm_fault.js';

const READ = number(0);

/**
 * A breakpoint is written into word 0 of the page at `addr`: register_for_each_vma and uprobe_write_opcode, which
 * faults the page in, copies it and replaces it. kernel/events/uprobes.c, v4.14. Only text that user code cannot write.
 * Left out: verify_opcode, remove_breakpoint (the same steps with the old instruction).
 */
export const uprobe_write_opcode = operation({
  name: 'uprobe_write_opcode',
  from: 'kernel/events/uprobes.c',
  takes: ['addr'],
  locals: ['vma', 'fault', 'old_page', 'new_page', 'err'],
  steps: ({ addr, vma, fault, old_page, new_page, err }) => [
    down_write(mmap_sem(addr)),
    when(not(find_vma(addr, vma)), [go_to('out')]),
    when(not(valid_vma(vma)), [go_to('out')]),
    label('retry'),
    when(not(follow_page(addr, old_page)), [
      call(handle_mm_fault, { addr, write: READ, vma, fault }), // get_user_pages_remote, FOLL_FORCE
      when(fault_failed(fault), [go_to('out')]),
      go_to('retry'),
    ]),
    when(not(alloc_page_vma(new_page)), [put_page(old_page), go_to('out')]),
    copy_user_highpage(new_page, old_page),
    copy_to_page(new_page),
    call(__replace_page, { addr, old_page, new_page, err }),
    put_page(new_page),
    put_page(old_page),
    when(not(is_zero(err)), [go_to('retry')]), // -EAGAIN
    label('out'),
    up_write(mmap_sem(addr)),
  ],
});
