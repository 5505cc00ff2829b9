import { spawnSync } from 'node:child_process';

import { expect, test } from '@jest/globals';

import type { Judgement } from '../../src/patch/verdict.js';

/**
 * Windows that show only where the operation of a patch meets another one and somebody uses the page around both, with a
 * small part of what `validate` spends by default on an idle machine, by fuzzing alone.
 */
const BUDGET = { cases: 20_000, worlds: 0, search: 60, seed: 'b' };

test.each<readonly [string, string, Judgement]>([
  // MADV_DONTNEED returns while the entry is gone and the flush is to come; a third CPU goes on using the page
  ['migrate-flush-late', 'v5.15', 'unsafe'],
  // a truncation frees the page at its new address; the base must be held, since the patched kernel has no such place
  ['mremap-flush-first', 'v4.15', 'repairs'],
])(
  '%s on %s: some hunk is found to be %s',
  (name, base, judgement) => {
    const args = [JSON.stringify(BUDGET), `test/patch/patches/${name}.patch`, base];
    const script = 'dist/test/bench/judge-patches.js'; // in a process of its own: jest makes the engine slow
    const { stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const { canary, hunks } = JSON.parse(stdout) as { canary: boolean; hunks: readonly Judgement[] };
    expect(canary).toBe(true);
    expect(hunks).toContain(judgement);
  },
  300_000,
);
