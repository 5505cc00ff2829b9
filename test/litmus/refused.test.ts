import { expect, test } from '@jest/globals';

import { BadInput } from '../../src/base/errors.js';
import { parseLitmus } from '../../src/litmus/parse.js';
import { FAKES } from '../scenario/fake-callables.js';

const GOOD = `shootdown small
"What it is for:
 two lines." (* a comment
 of two lines *)
{
 mm0:0-3 anon rw: page none none none;
 mm0:4-7 none;
 frames = 24; swap = 4;
 hardware dirty-bit = late;
}
 cpu0@mm0                               | dev0@mm0 kvm          ;
 munmap(mm0:0, 2) [gather-full]         | device_read(mm0:0, 1) ;
                                        | device_read(mm0:1, 0) ;

schedule { dev0.0; cpu0.0 before "munmap:3 x" 2; }
models optimized, "a b"
bounds preemptions 2
exists (dev0.1 = i2 /\\ ~clean
        \\/ stale-read by dev0 at mm0:0)
`;
const read = (text: string): unknown => parseLitmus(text, 'x.litmus', FAKES);

test('a test by hand is read', () => {
  expect(parseLitmus(GOOD, 'x.litmus', FAKES)).toMatchObject({
    name: 'small',
    about: 'What it is for: two lines.',
    models: ['optimized', 'a b'],
    bounds: { preemptions: 2 },
    case: {
      hardware: { 'dirty-bit': 'late' },
      threads: [
        { kind: 'cpu', mm: 0, operations: [{ name: 'munmap', args: [0, 2], choices: ['gather-full'] }] },
        { kind: 'device', mm: 0, subscriber: 'kvm', operations: [{ args: [0, 1] }, { args: [1, 0] }] },
      ],
      schedule: [
        { thread: 1, operation: 0, path: '', occurrence: 1 },
        { thread: 0, operation: 0, path: 'munmap:3 x', occurrence: 2 },
      ],
    },
    condition: { quantifier: 'exists', what: { kind: 'or', of: [{ kind: 'and' }, { kind: 'verdict' }] } },
  });
});

test('line ends of Windows change nothing', () => {
  expect(read(GOOD.replaceAll('\n', '\r\n'))).toEqual(read(GOOD));
});

const wrong: [string, string | RegExp, string, RegExp][] = [
  ['no name', 'shootdown small', 'AArch64 MP', /line 1: "AArch64 MP" begins no litmus file/],
  ['a text without an end', 'lines."', 'lines.', /line \d+: a quoted text begins and does not end/],
  ['a comment without an end', '*)', '', /line 3: a comment begins/],
  ['no world', /^\{[^}]*\}$/m, '', /line \d+: expected "\{"/],
  ['an unknown statement', 'swap = 4', 'swapp = 4', /line 8: "swapp = 4" says nothing/],
  ['a thing said twice', 'swap = 4', 'frames = 4', /line 8: frames was said before/],
  ['no swap', 'swap = 4;', '', /lacks swap = N/],
  ['a region out of its place', 'mm0:4-7', 'mm0:8-11', /line 7: .* expected mm0:4-7/],
  ['a region of no kind', 'anon rw', 'anom rw', /line 6: .*vma is "anom".*Did you mean "anon"\?/],
  ['a page of no state', 'page none', 'pgae none', /line 6: .*"pgae"/],
  ['too few pages', 'page none none none', 'page none', /line 6: .*pages has 2/],
  ['an odd property', 'anon rw', 'anon rx', /line 6: "rx" is no property/],
  ['an unknown switch', 'dirty-bit =', 'dirty-bits =', /line 9: .*Did you mean "dirty-bit"\?/],
  ['the ordinary value of a switch', '= late', '= at-walk', /line 9: .*dirty-bit/],
  ['a head that is none', 'dev0@mm0', 'gpu0@mm0', /line 11: "gpu0@mm0 kvm" heads no column/],
  [
    'a device before its number',
    'dev0@mm0',
    'dev1@mm0',
    /line 11: the column dev1 stands where dev0 is expected/,
  ],
  ['an unknown operation', 'munmap(mm0', 'munmp(mm0', /line 12: no operation munmp.*Did you mean "munmap"\?/],
  [
    'an operation of devices on a CPU',
    'munmap(mm0:0, 2) [gather-full]',
    'device_read(mm0:0, 1)',
    /line 12: /,
  ],
  ['a missing argument', 'munmap(mm0:0, 2)', 'munmap(mm0:0)', /line 12: munmap has 1 arguments; expected 2/],
  ['an address that is none', 'munmap(mm0:0,', 'munmap(0,', /line 12: "0" is no address/],
  ['a page outside the mm', 'device_read(mm0:1', 'device_read(mm0:8', /line 13: there is no mm0:8/],
  ['an unknown choice', 'gather-full', 'gather-ful', /line 12: .*"gather-ful"/],
  ['a missing column', '| device_read(mm0:1, 0)', '', /line 13: the row has 1 columns; expected 2/],
  [
    'a row without its end',
    'device_read(mm0:0, 1) ;',
    'device_read(mm0:0, 1)',
    /line 12: a row of the table ends/,
  ],
  ['a hole in a column', '| device_read(mm0:0, 1)', '|', /line 13: a cell above/],
  ['a segment of nobody', 'dev0.0;', 'dev7.0;', /line 15: "dev7" is no agent; expected one of cpu0, dev0/],
  ['a segment past the end', 'dev0.0;', 'dev0.3;', /line 15: dev0 has no operation 3/],
  ['a bound of nothing', 'preemptions 2', 'threads 2', /line 17: "threads 2" is no bound/],
  ['too many preemptions', 'preemptions 2', 'preemptions 61', /line 17: "preemptions 61" is no bound/],
  ['a finding that is none', 'bounds', 'finding 3\nbounds', /line 17: the finding is no object/],
  ['an unknown section', 'models', 'modles', /line 16: "modles/],
  ['no condition', /exists[\s\S]*/, '', /the file ends; expected schedule, models/],
  ['an operation past the end', 'dev0.1 =', 'dev0.2 =', /line 18: dev0 has no operation 2/],
  ['no value', '= i2', '= x2', /line 18: "x2" is no value/],
  [
    'an unknown verdict',
    'stale-read',
    'stale-red',
    /line 19: "stale-red" is no condition.*Did you mean "stale-read"\?/,
  ],
  ['a verdict of two models', 'stale-read', 'divergence', /line 19: "divergence" is no condition/],
  ['a parenthesis too few', 'mm0:0)\n', 'mm0:0\n', /line \d+: the condition ends; expected "\)"/],
  ['a parenthesis too many', 'mm0:0)\n', 'mm0:0))\n', /line 19: "\)" in the condition/],
  ['a condition too deep', '~clean', `${'('.repeat(100_000)}clean`, /line 18: more than 50 parentheses/],
];

test.each(wrong)('%s is refused in one sentence with its line', (_name, from, to, expected) => {
  const text = GOOD.replace(from, to);
  expect(text).not.toBe(GOOD);
  let said = '';
  try {
    read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(BadInput);
    said = (error as Error).message;
  }
  expect(said).toMatch(expected);
  expect(said).toMatch(/^x\.litmus, line \d+: [^\n]+\.$|\?$/);
});

test.each([
  ['half a million open braces', '{'.repeat(500_000)],
  ['many lines in a quote', `shootdown a\n"${'b\n'.repeat(200_000)}"`],
  ['many statements', GOOD.replace('frames', `${'hardware a = b;\n'.repeat(50_000)}frames`)],
  ['many segments', GOOD.replace('dev0.0;', 'dev0.0;\n'.repeat(100_001))],
  ['quotes everywhere', `shootdown a\n{${'""'.repeat(200_000)}`],
  ['backslashes', `shootdown a\n{\n mm0:0-3 anon rw: page with {"${'\\'.repeat(200_000)}`],
  ['blanks', `shootdown a\n{\n mm0:0-3 anon${' '.repeat(50_000)}x;\n}`],
])('%s are refused soon', (_name, text) => {
  const began = performance.now();
  expect(() => read(text)).toThrow(BadInput);
  expect(performance.now() - began).toBeLessThan(5000);
});
