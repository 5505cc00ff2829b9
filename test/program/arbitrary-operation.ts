import fc from 'fast-check';

import { DIRTY, mk_pte, pte_none, pte_wrprotect, WRITE } from '../../src/kernel/entry.js';
import { gather_has_pages } from '../../src/kernel/gather.js';
import {
  mmu_notifier_invalidate_range,
  mmu_notifier_invalidate_range_end,
} from '../../src/kernel/notifier.js';
import { pte_peek, pte_unmap_unlock, ptep_clear_flush, set_pte_at } from '../../src/kernel/pgtable.js';
import { flush_tlb_mm } from '../../src/kernel/tlb.js';
import { remove_mapping_file } from '../../src/kernel/filemap.js';
import { remove_mapping_swap } from '../../src/kernel/swap.js';
import {
  branch,
  call,
  constant,
  each,
  expand,
  flags,
  go_to,
  inside,
  label,
  mutedSlot,
  not,
  number,
  slot,
  when,
} from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import type { Arg, Condition, Operation, Register, Step } from '../../src/program/step.js';

/** An operation that the drawn ones call. */
export const callee: Operation = operation({
  name: 'callee',
  from: 'mm/callee.c',
  takes: ['a'],
  gives: ['r'],
  steps: ({ a }) => [flush_tlb_mm(a)],
});

const register = (name: string): Register => ({ kind: 'register', name });
const registers = ['addr', 'pte', 'entry', 'WRITE'].map(register);
const written = fc.constantFrom(...registers);

const arg: fc.Arbitrary<Arg> = fc.letrec<{ arg: Arg }>((tie) => ({
  arg: fc.oneof(
    { withCrossShrink: true },
    written,
    fc.integer({ min: -2, max: 9 }).map(number),
    fc.constantFrom(
      DIRTY,
      WRITE,
      flags(WRITE, DIRTY),
      constant('PAGES', 4),
      constant('DIRTY', 3),
      constant('7', 8),
    ),
    fc.tuple(tie('arg'), tie('arg')).map(([a, b]) => mk_pte(a, b)),
    tie('arg').map((a) => pte_wrprotect(a)),
  ),
})).arg;

const condition: fc.Arbitrary<Condition> = fc
  .tuple(
    fc.oneof(
      arg.map((a) => pte_none(a)),
      arg.map((a) => remove_mapping_file(a)),
      arg.map((a) => remove_mapping_swap(a)),
      fc.constant(gather_has_pages()),
    ),
    fc.boolean(),
  )
  .map(([c, negated]) => (negated ? not(c) : c));

const plain: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(arg, written).map(([a, w]) => pte_peek(a, w)),
  fc.tuple(arg, arg, arg).map(([a, b, c]) => set_pte_at(a, b, c)),
  fc.tuple(arg, arg).map(([a, b]) => slot('after-set', mmu_notifier_invalidate_range(a, b))),
  fc.tuple(arg, arg).map(([a, b]) => mutedSlot('after-set', mmu_notifier_invalidate_range(a, b))),
  fc.tuple(arg, arg, written).map(([a, b, w]) => ptep_clear_flush(a, b, w)),
  fc.tuple(arg, arg).map(([a, b]) => mmu_notifier_invalidate_range_end(a, b)),
  arg.map((a) => expand('one', [a], { only: pte_unmap_unlock(a) })),
  fc.constantFrom(label('out'), label('again'), go_to('out'), go_to('again')),
  fc.tuple(arg, written).map(([a, r]) => call(callee, { a, r })),
  arg.map((a) => call(callee, { a })),
);

const { steps } = fc.letrec<{ steps: readonly Step[]; step: Step }>((tie) => ({
  steps: fc.array(tie('step'), { maxLength: 4 }),
  step: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    plain,
    fc.tuple(condition, tie('steps'), tie('steps')).map(([c, a, b]) => when(c, a, b)),
    fc.tuple(condition, tie('steps')).map(([c, body]) => each(c, body)),
    fc.tuple(fc.constantFrom('x', 'file-backed'), tie('steps')).map(([name, s]) => branch(name, s)),
    tie('steps').map((s) => inside('helper', s)),
    tie('steps').map((s) => inside('helper', s, 'mm/rmap.c')),
  ),
}));

/** Any operation that the step language can say, with the registers `addr`, `pte`, `entry` and `WRITE`. */
export const anyOperation: fc.Arbitrary<Operation> = steps.map((list) => ({
  name: 'any_operation',
  from: 'mm/any file.c',
  version: 'v4.14',
  takes: [registers[0]],
  gives: [],
  locals: registers.slice(1),
  steps: list,
}));

/** Steps for an insertion into {@link callee}: with its registers alone. */
export const insertion = (a: Register): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.constantFrom<Step>(
      flush_tlb_mm(a),
      when(pte_none(a), [mmu_notifier_invalidate_range_end(a, number(1))], [branch('x', [flush_tlb_mm(a)])]),
      when(not(pte_none(a)), [go_to('out')]),
    ),
    { minLength: 1, maxLength: 3 },
  );
