import { expect, test } from '@jest/globals';

import { renderReadme } from '../../src/report/readme.js';
import { violationSentence } from '../../src/report/sentence.js';
import { renderTrace } from '../../src/report/trace-text.js';
import { lab, readsFreedPage } from '../report/small-kernel.js';
import { expectGolden } from './golden-file.js';

const finding = lab.judge(readsFreedPage, 20)!;

test('a trace is a table with a column a thread and the window in the margin', () => {
  expectGolden('report/reads-freed-page.trace.txt', renderTrace(finding, lab));
});

test('a finding reads as a paragraph, with both verdicts and the command that replays it', () => {
  expectGolden('report/reads-freed-page.README.md', renderReadme(finding, lab));
});

test('a violation is one line', () => {
  expect(violationSentence(finding.violation, readsFreedPage)).toBe(
    'freed-page-read by dev0 at mm0:1, left behind by replace: reads word 0 of page 1 through frame 8, which was freed',
  );
});
