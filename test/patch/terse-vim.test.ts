import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from '@jest/globals';

import { formatNamed } from '../../src/patch/formats.js';
import { hunkRemarks } from '../../src/patch/remarks.js';
import { everything } from './verdicts.js';

/** `--format terse` as an editor reads it that knows nothing of it: Vim, with the errorformat that it is born with. */
const version = spawnSync('vim', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const able = ['+quickfix', '+eval'].every((feature) => version.includes(feature));
const given = able ? test : test.skip;
const reason = able ? '' : ' (skipped: no vim with quickfix)';

const work = mkdtempSync(join(tmpdir(), 'shootdown-vim-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Entry {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly valid: 0 | 1;
}

function quickfix(text: string): readonly Entry[] {
  const [errors, list] = [join(work, 'errors.txt'), join(work, 'list.json')];
  writeFileSync(errors, text);
  const entry = '{"file": bufname(v.bufnr), "line": v.lnum, "text": v.text, "valid": v.valid}';
  const commands = [
    `cgetfile ${errors}`,
    `call writefile([json_encode(map(getqflist(), {_, v -> ${entry}}))], "${list}")`,
    'qa!',
  ];
  const args = ['-es', '-N', '-u', 'NONE', '-i', 'NONE', ...commands.flatMap((c) => ['-c', c])];
  const { status } = spawnSync('vim', args, { cwd: work, encoding: 'utf8', timeout: 20_000 });
  expect(status).toBe(0);
  return JSON.parse(readFileSync(list, 'utf8')) as readonly Entry[];
}

given(`vim finds the place of every remark about a hunk, and no place in the others${reason}`, () => {
  const v = everything();
  const read = quickfix(formatNamed('terse').render(v));
  const expected = v.hunks.flatMap(({ hunk, ...h }) =>
    hunkRemarks({ hunk, ...h }).map(() => [hunk.file, hunk.fileLine]),
  );
  expect(read.filter((e) => e.valid === 1).map((e) => [e.file, e.line])).toEqual(expected);
  for (const { valid, text } of read)
    expect(text).toMatch(
      valid === 1 ? /^ (ERROR|WARNING|NOTE): \S/ : /^((ERROR|WARNING|NOTE): \S|total: \d)/,
    );
  expect(read.at(-1)!.text).toMatch(/^total: /);
});
