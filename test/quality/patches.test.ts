import { spawnSync } from 'node:child_process';

import { expect, test } from '@jest/globals';

import type { Judgement } from '../../src/patch/verdict.js';

/**
 * What a reviewer must be told of patches that are wrong in a way each, and of two that are right: by hunk, with so many
 * cases and small worlds on conforming hardware. The budget is a twentieth of what `validate` spends by default.
 */
const BUDGET = { cases: 250, worlds: 18, search: 50 };

const expected: readonly (readonly [string, string, readonly Judgement[]])[] = [
  ['cow-without-notify', 'v4.15', ['unsafe']],
  // the second hunk alone notifies once more than is needed
  ['notify-after-set', 'v4.14', ['unsafe', 'safe']],
  ['notify-after-unlock', 'v4.14', ['unsafe', 'safe']],
  ['narrowed-range', 'v4.14', ['unsafe']],
  ['only-end', 'v4.15', ['unsafe']],
  ['unbalanced-error-path', 'v4.14', ['unbalanced']],
  // either hunk alone unlocks twice, or never
  ['lock-dropped-early', 'v4.14', ['unsafe', 'unsafe']],
  ['flush-after-put', 'v4.14', ['unsafe', 'safe']],
  // the same where somebody else holds the page, and the range is told of once more at its end
  ['flush-after-put-held', 'v4.14', ['safe']],
  ['safe-removal', 'v4.14', ['safe']],
  ['refactoring', 'v4.14', ['harmless', 'harmless']],
];

test('each patch is judged as it deserves, hunk by hunk', () => {
  const files = expected.flatMap(([name, base]) => [`test/patch/patches/${name}.patch`, base]);
  const script = 'dist/test/bench/judge-patches.js'; // in a process of its own: jest makes the engine slow
  const { stdout, stderr } = spawnSync(process.execPath, [script, JSON.stringify(BUDGET), ...files], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const lines = stdout.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
    expected.map(([name, , hunks]) => ({ file: `test/patch/patches/${name}.patch`, canary: true, hunks })),
  );
}, 300_000);

test('generated patches are judged as their edits are, and so are their variants', () => {
  const script = 'dist/test/bench/generated-patches.js'; // npm run generated-patches: a hundred
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, '4', 'some'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^4 patches of .*\n( {2}.*\n)+$/);
  for (const [, judged, agree] of stdout.matchAll(/: (\d+) judged, (\d+) agree/g)) expect(agree).toBe(judged);
  for (const [, again, alike] of stdout.matchAll(/; (\d+) judged again, (\d+) with/g))
    expect(alike).toBe(again);
  expect(stdout).toContain('the functions in another file: 4 the same edits, hunk by hunk');
  expect(status).toBe(0);
}, 300_000);
