import { FRAME, THREAD } from '../machine/layout.js';
import { test, verb } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { VM, VMA_FILE_PRIVATE, vmaKind } from './vma.js';

/** Breakpoints in user text: kernel/events/uprobes.c, v4.14. */

/** A private mapping of a file that user code cannot write: where a breakpoint may be installed. */
export const valid_vma = test(
  'valid_vma',
  ['vma'],
  (_m, _t, vma) => (vmaKind(vma) === VMA_FILE_PRIVATE && (vma & VM.WRITE) === 0 ? DONE : NO),
  { private: true },
);

/** Patches the instruction, word 0 of a page that nobody else knows: the breakpoint is the operation's value. */
export const copy_to_page = verb(
  'copy_to_page',
  ['page'],
  (m, t, page) => {
    m.words[m.layout.frameAt(page) + FRAME.W] = m.words[m.layout.threadAt(t) + THREAD.TAG];
    return DONE;
  },
  { private: true },
);
