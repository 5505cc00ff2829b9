import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { run } from './in-process.js';

const temporary = (): string => mkdtempSync(join(tmpdir(), 'shootdown-'));

const wrong: [string, string[], RegExp][] = [
  ['an unknown command', ['fuz'], /Did you mean fuzz\?/],
  ['an unknown option', ['fuzz', '--case', '3'], /Did you mean --cases\?/],
  ['an unknown candidate', ['fuzz', '--candidate', 'v4.1'], /Unknown model "v4\.1".*Did you mean "v4\.\d/],
  [
    'an unknown site',
    ['fuzz', '--candidate', 'v4.14', '--mute', 'wp_page_cpy'],
    /Did you mean "wp_page_copy"\?/,
  ],
  ['an unknown strategy', ['fuzz', '--strategy', 'pcct'], /Did you mean "pct"\?/],
  ['an unknown subscriber', ['fuzz', '--subscribers', 'kvn'], /Did you mean "kvm"\?/],
  [
    'a subscriber of other releases',
    ['fuzz', '--candidate', 'v4.14', '--subscribers', 'interval'],
    /No subscriber of --subscribers interval is in both v4.14 and always-notify/,
  ],
  ['an unknown operation', ['fuzz', '--operations', 'munmp'], /Did you mean "munmap"\?/],
  ['an unknown switch', ['fuzz', '--hardware', 'dirty=late'], /Unknown hardware switch "dirty"/],
  ['no worker', ['fuzz', '--workers', '0'], /Invalid --workers "0"/],
  ['no case', ['fuzz', '--cases', '0'], /Invalid --cases "0"/],
  ['a negative duration', ['fuzz', '--duration', '-5m'], /Invalid duration "-5m"/],
  ['options that contradict', ['fuzz', '--no-save', '--crashes', 'x'], /contradict each other/],
  ['a model file that is not there', ['fuzz', '--candidate', './nowhere.ts'], /There is no model file/],
  ['a case that is not there', ['replay', '/nowhere'], /There is no \/nowhere/],
  ['no case at all', ['replay'], /Missing required argument 'file'/],
  ['an operation that is not there', ['show', 'wp_page_cop'], /Did you mean "wp_page_copy"\?/],
  ['a list of nothing', ['list', 'modles'], /Did you mean models\?/],
];

test.each(wrong)('%s ends with 2 and one sentence', async (_name, args, expected) => {
  const { code, out, err } = await run(...args);
  expect(code).toBe(2);
  expect(err).toMatch(expected);
  expect(err).toMatch(/^shootdown: [^\n]+\n$/);
  expect(out).toBe('');
});

test('bad case files end with 2, and nothing is written beside them', async () => {
  const at = temporary();
  mkdirSync(join(at, 'empty'));
  writeFileSync(join(at, 'half.json'), '{"format": 1, "cla');
  writeFileSync(join(at, 'future.json'), '{"format": 9}');
  for (const [name, expected] of [
    ['empty', /holds no case\.json/],
    ['half.json', /is not JSON/],
    ['future.json', /reads up to format 1/],
  ] as const) {
    for (const command of ['replay', 'shrink']) {
      const { code, err } = await run(command, join(at, name));
      expect(code).toBe(2);
      expect(err).toMatch(expected);
    }
  }
  expect(readdirSync(at).sort()).toEqual(['empty', 'future.json', 'half.json']);
});

test('a crash directory that is a file is refused before a worker starts', async () => {
  const at = temporary();
  writeFileSync(join(at, 'file'), '');
  const { code, err } = await run(
    'fuzz',
    '--candidate',
    'v4.14',
    '--reference',
    'v4.14',
    '--crashes',
    join(at, 'file'),
  );
  expect([code, err]).toEqual([2, expect.stringContaining('as crash directory')]);
});

test('every command explains itself', async () => {
  for (const args of [[], ['fuzz'], ['replay'], ['shrink'], ['list'], ['list', 'operations'], ['show']]) {
    const { code, out } = await run(...args, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`Usage: shootdown${args.map((a) => ` ${a}`).join('')}`);
  }
  expect((await run('--help')).out).toContain('130 interrupted');
});

test.each(['models', 'sites', 'hardware', 'oracles', 'strategies', 'operations'])(
  'list %s has a line each',
  async (what) => {
    const { code, out } = await run('list', what);
    expect(code).toBeUndefined();
    expect(out.trim().split('\n').length).toBeGreaterThan(1);
  },
);

test('show prints the listing of an operation, and what a model mutes in it', async () => {
  expect((await run('show', 'wp_page_copy')).out).toMatch(/^wp_page_copy {2}mm\/memory\.c {2}v4\.14\n/);
  const { out } = await run('show', 'wp_page_copy', '--model', 'v4.14~wp_page_copy');
  expect(out).toMatch(/^- .*@after-clear$/m);
});
