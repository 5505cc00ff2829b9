import { copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, jest, test } from '@jest/globals';

import { run } from './in-process.js';

// every command lays its models out anew
jest.setTimeout(120_000);

const litmus = (...args: string[]): ReturnType<typeof run> => run('litmus', ...args);

const SMALL = `shootdown small
{ mm0:0-3 anon rw: page none none none; mm0:4-7 none; frames = 8; swap = 0; }
 cpu0@mm0             | dev0@mm0               ;
 user_write(mm0:0, 0) | device_read(mm0:0, 0)  ;
models v4.14
exists (dev0.0 = w1 /\\ mm0:0.0 = w1)
`;

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'shootdown-litmus-')), 'small.litmus');
  writeFileSync(path, text);
  return path;
}

test('a test shows its states, and the answer is the exit code', async () => {
  const shown = await litmus(file(SMALL));
  expect(shown.out).toMatch(
    /^Model v4\.14\nTest small Allowed\nStates 2\n *\d+ :> dev0\.0=i2; mm0:0\.0=w1; clean;\n *\d+ \*> dev0\.0=w1; mm0:0\.0=w1; clean;\nOk\n/,
  );
  expect(shown.out).toContain(
    'Bounds complete: every interleaving of these programs with any number of preemptions',
  );
  expect(shown.code).toBe(0);
  const forbidden = SMALL.replace('exists', 'forbid');
  expect((await litmus(file(forbidden), '--preemptions', '1')).code).toBe(1);
});

test('what is shown is compared with what is expected beside it', async () => {
  const path = file(SMALL);
  expect((await litmus(path, '--promote')).code).toBe(0);
  expect(readFileSync(`${path}.expected`, 'utf8')).toContain('Model v4.14\nTest small Allowed\nStates 2\n');
  expect((await litmus(path)).out).toContain('\nas expected\n');
  writeFileSync(path, SMALL.replace('exists (dev0.0 = w1', 'exists (dev0.0 = i2'));
  const other = await litmus(path);
  expect(other.code).toBe(3);
  expect(other.out).toContain('NOT as expected:\n- :> dev0.0=i2; mm0:0.0=w1; clean;\n');
});

test('a witness is a schedule that the test can keep', async () => {
  const { out } = await litmus(file(SMALL), '--witness');
  const [schedule] = /^schedule \{\n[\s\S]*?^\}$/m.exec(out)!;
  expect((await litmus(file(SMALL.replace('models', `${schedule}\nmodels`)))).code).toBe(0);
});

test('two models are compared', async () => {
  const { out } = await litmus(file(SMALL), '--model', 'v4.14', '--reference', 'always-notify');
  expect(out).toMatch(/\nModel always-notify\n[\s\S]*v4\.14 and always-notify have the same states\n$/);
});

test('a test by hand becomes a case file, and that one a test again', async () => {
  const { out } = await litmus('--to-json', file(SMALL));
  const json = file(out).replace(/litmus$/, 'json');
  copyFileSync(json.replace(/json$/, 'litmus'), json);
  const back = await litmus('--from-json', json);
  expect(back.out).toContain(' user_write(mm0:0, 0) | device_read(mm0:0, 0) ;\n');
  expect((await litmus('--to-json', file(back.out))).out).toBe(out);
});

test('other commands read a litmus file as the case that it stands for', async () => {
  expect((await run('replay', file(SMALL))).code).toBe(0);
});

test.each<[string, string[], RegExp]>([
  ['no file', [], /Missing required argument/],
  ['a file that is not there', ['/nowhere.litmus'], /Cannot read \/nowhere\.litmus/],
  ['what is no litmus file', [file('hello\n')], /line 1: "hello" begins no litmus file/],
  [
    'an operation that is not there',
    [file(SMALL.replace('user_write', 'user_writ'))],
    /line 4: .*Did you mean "user_write"/,
  ],
  ['an unknown model', [file(SMALL), '--model', 'v4.1'], /Unknown model "v4\.1"/],
  ['an unknown model in the file', [file(SMALL.replace('v4.14', 'v4.13x'))], /Unknown model "v4\.13x"/],
  ['a bad bound', [file(SMALL), '--states', '3'], /Invalid --states "3"/],
  ['both ways at once', ['--to-json', '--from-json', file(SMALL)], /contradict each other/],
  ['two files to convert', ['--to-json', file(SMALL), file(SMALL)], /expected one file/],
  ['a case file that is none', ['--from-json', file(SMALL)], /is not JSON/],
])('%s ends with 2 and one sentence', async (_name, args, expected) => {
  const { code, out, err } = await litmus(...args);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(/^shootdown: [^\n]+\n$/);
  expect(err).toMatch(expected);
  expect(args.every((path) => !existsSync(`${path}.expected`))).toBe(true);
});
