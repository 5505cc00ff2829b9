import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from '@jest/globals';

const root = process.cwd();
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const work = mkdtempSync(join(tmpdir(), 'shootdown-readme-'));
symlinkSync(join(root, 'corpus'), join(work, 'corpus'));

afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Fenced blocks of a language, without their fences. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map((m) => m[1]);
}

for (const block of blocks('ts')) {
  const name = /^\/\/ (\S+)\n/.exec(block)?.[1];
  if (name !== undefined) writeFileSync(join(work, name), block);
}

const commands = blocks('sh')
  .flatMap((b) => b.trimEnd().split('\n'))
  .map((line) => line.replace(/\s+#.*$/, ''));

test('README shows commands to run', () => {
  expect(commands.length).toBeGreaterThan(4);
});

test.each(commands)(
  'the command of README runs: %s',
  (command) => {
    const [npx, shootdown, ...args] = command.split(' ');
    expect([npx, shootdown]).toEqual(['npx', 'shootdown']);
    const run = spawnSync(process.execPath, [join(root, 'dist/src/cli/main.js'), ...args], {
      cwd: work,
      encoding: 'utf8',
    });
    // 0: clean; 1: it found what it was asked to find
    expect([0, 1]).toContain(run.status);
    expect(run.stdout.length).toBeGreaterThan(0);
  },
  300_000,
);
