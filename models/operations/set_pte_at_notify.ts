import { call, expand } from '../../src/program/build.js';
import type { Arg, Expand } from '../../src/program/step.js';
import { set_pte_at } from '../../src/kernel/pgtable.js';
import { __mmu_notifier_change_pte } from './__mmu_notifier_change_pte.js';

/** Sets the entry after telling subscribers that have change_pte. include/linux/mmu_notifier.h, v4.14. */
export const set_pte_at_notify = (addr: Arg, pte: Arg, entry: Arg): Expand =>
  expand('set_pte_at_notify', [addr, pte, entry], {
    change_pte: call(__mmu_notifier_change_pte, { addr, entry }),
    set: set_pte_at(addr, pte, entry),
  });
