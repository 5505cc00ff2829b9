import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from '@jest/globals';

const work = mkdtempSync(join(tmpdir(), 'shootdown-clone-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test('a fresh clone installs and runs the bin', () => {
  const clone = join(work, 'shootdown');
  execFileSync('git', ['clone', '--quiet', process.cwd(), clone]);
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: clone, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  run('npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund', '--include=dev');
  expect(run('npx', 'shootdown', '--version')).toMatch(/^\d+\.\d+\.\d+/m);
  expect(run('npx', 'shootdown', 'list', 'models')).toContain('always-notify');
}, 300_000);
