import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { pte_none } from '../../src/kernel/entry.js';
import { ptep_clear_flush_notify, set_pte_at } from '../../src/kernel/pgtable.js';
import { mk_pte, DIRTY } from '../../src/kernel/entry.js';
import { inc_tlb_flush_pending } from '../../src/kernel/tlb.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { kernelWords } from '../../src/kernel/verbs.js';
import { branch, mutedSlot, number, when } from '../../src/program/build.js';
import { printListing } from '../../src/program/listing.js';
import { drop, insert, mute, notify, type Model } from '../../src/program/model.js';
import { operation } from '../../src/program/operation.js';
import { parseListing } from '../../src/program/parse-listing.js';
import { anyOperation, callee } from './arbitrary-operation.js';

const words = kernelWords.withOperations([callee]);

const change = operation({
  name: 'change',
  from: 'mm/change.c',
  takes: ['addr', 'pte'],
  locals: ['entry'],
  steps: ({ addr, pte, entry }) => [
    ptep_clear_flush_notify(addr, pte, entry),
    when(
      pte_none(entry),
      [set_pte_at(addr, pte, mk_pte(number(0), DIRTY))],
      [
        branch('mapped', [
          mutedSlot('after-set', mmu_notifier_invalidate_range(addr, number(1))),
          inc_tlb_flush_pending(addr),
        ]),
      ],
    ),
  ],
});

test('a listing shows numbered steps, parts, slots and branches', () => {
  expect(printListing(change, words)).toBe(
    [
      'change  mm/change.c  v4.14',
      'takes   addr, pte',
      'locals  entry',
      '',
      '    1   ptep_clear_flush_notify(addr, pte, entry)',
      '          .clear     ptep_get_and_clear(addr, pte, &entry)',
      '          .flush     flush_tlb_range(addr, 1)',
      '          .in-flush  mmu_notifier_arch_invalidate_secondary_tlbs(addr, 1)  @in-flush (muted)',
      '          .notify    mmu_notifier_invalidate_range(addr, 1)  @after-clear',
      '    2   when pte_none(entry)',
      '    3     set_pte_at(addr, pte, mk_pte(0, DIRTY))',
      '        else',
      '          branch mapped',
      '    4       mmu_notifier_invalidate_range(addr, 1)  @after-set (muted)',
      '    5       inc_tlb_flush_pending(addr)',
      '',
    ].join('\n'),
  );
});

test('a listing of a kernel marks what it lacks and what it has beside the base', () => {
  const [addr] = change.takes;
  const model: Model = {
    name: 'm',
    about: '',
    readFrom: '',
    era: '4.13-4.14',
    cowReuse: 'mapcount',
    edits: [
      mute('change', 'after-clear'),
      notify('change/mapped', 'after-set'),
      drop('change', { callee: 'set_pte_at' }),
      insert('change', 'after', { callee: 'ptep_clear_flush_notify', part: 'clear' }, [
        inc_tlb_flush_pending(addr),
      ]),
      insert('change', 'before', { callee: 'pte_none' }, [
        when(pte_none(addr), [inc_tlb_flush_pending(addr)]),
      ]),
    ],
  };
  expect(printListing(change, words, model).split('\n').slice(4)).toEqual([
    '    1   ptep_clear_flush_notify(addr, pte, entry)',
    '          .clear     ptep_get_and_clear(addr, pte, &entry)',
    '+   1+    inc_tlb_flush_pending(addr)',
    '          .flush     flush_tlb_range(addr, 1)',
    '          .in-flush  mmu_notifier_arch_invalidate_secondary_tlbs(addr, 1)  @in-flush (muted)',
    '-         .notify    mmu_notifier_invalidate_range(addr, 1)  @after-clear',
    '+   1+  when pte_none(addr)',
    '+   1+    inc_tlb_flush_pending(addr)',
    '    2   when pte_none(entry)',
    '-   3     set_pte_at(addr, pte, mk_pte(0, DIRTY))',
    '        else',
    '          branch mapped',
    '+   4       mmu_notifier_invalidate_range(addr, 1)  @after-set',
    '    5       inc_tlb_flush_pending(addr)',
    '',
  ]);
});

test('every operation parses back from its listing as the same value', () => {
  fc.assert(
    fc.property(anyOperation, (op) => {
      const text = printListing(op, words);
      const back = parseListing(text, words);
      expect(back).toEqual(op);
      expect(printListing(back, words)).toBe(text);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['', 'Line 1'],
  ['a  b.c  v4.14\ntakes', 'Line 2'],
  ['a  b.c  v4.14\n\n    1   no_such_verb()', 'Line 3 ("no_such_verb()"): There is no step no_such_verb'],
  ['a  b.c  v4.14\n\n    1   inc_tlb_flush_pending(addr)', 'addr is neither a register'],
  ['a  b.c  v4.14\n\n-   1   inc_tlb_flush_pending(4)', 'edits laid over it'],
  ['a  b.c  v4.14\n\n    1   inc_tlb_flush_pending(4', 'does not begin with'],
  ['a  b.c  v4.14\n\n    1     inc_tlb_flush_pending(4)', 'indented wrongly'],
  ['a  b.c  v4.14\n\n    1   goto out\n    2     inc_tlb_flush_pending(4)', 'nothing can stand beneath'],
  ['a  b.c  v4.14\n\n    1   when __remove_mapping(4)', 'expected one of'],
  ['a  b.c  v4.14\n\n    1   call nothing()', 'nothing is no operation'],
  ['a  b.c  v4.14\n\n        else', 'else'],
])('a listing that cannot be read names the line: %j', (text, expected) => {
  expect(() => parseListing(text, words)).toThrow(expected);
});
