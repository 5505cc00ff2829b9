import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { mute, type Model } from '../../src/program/model.js';
import { Laboratory } from '../../src/run/laboratory.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { strategyNamed } from '../../src/schedule/strategies.js';

const v4_14 = models.find((m) => m.name === 'v4.14')!;
const optimized = models.find((m) => m.name === 'optimized')!;

/** Verdicts of the model, without the given notifications, over some cases of one operation. */
function verdicts(base: Model, operation: string, slots: readonly string[], cases: number): Set<string> {
  const edits = slots.map((s) => mute(s.split(':')[0], s.split(':')[1]));
  const lab = new Laboratory(callables, { ...base, name: 'muted', edits: [...base.edits, ...edits] }, base);
  const generate = caseGenerator(callables, { hardware: 'conforming', operations: [operation] });
  const strategy = strategyNamed('mixed');
  const seen = new Set<string>();
  for (let i = 0; i < cases; i++) {
    const prng = new Prng(`mm-syscalls/${i}`);
    const { finding } = lab.attempt(generate(prng), strategy.make(prng));
    if (finding?.class === 'candidate-only') seen.add(finding.violation.kind);
  }
  return seen;
}

test.each([
  ['mprotect', v4_14, ['change_pmd_range:range-end']],
  ['dup_mmap', v4_14, ['copy_page_range:range-end']],
  // the gather's flush covers the bracket, and the other way round
  ['clear_refs_write', v4_14, ['clear_refs_write:range-end', 'tlb_finish_mmu:after-flush']],
  // the unmapping of the old range covers the move
  ['mremap', v4_14, ['move_page_tables:range-end', 'unmap_vmas:range-end']],
  ['ksm_scan', optimized, ['write_protect_page:range-end']],
  ['uprobe_write_opcode', v4_14, ['__replace_page:after-clear', '__replace_page:range-end']],
] as const)('a device keeps what %s took away when nobody tells it', (operation, base, slots) => {
  expect([...verdicts(base, operation, slots, 1000)]).toContain('stale-entry');
});

test('text is read as it was after a breakpoint is there when only range_end tells the device', () => {
  expect([...verdicts(v4_14, 'uprobe_write_opcode', ['__replace_page:after-clear'], 3000)]).toContain(
    'stale-read',
  );
});
