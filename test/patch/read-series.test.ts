import { expect, test } from '@jest/globals';
import { readSeries } from '../../src/patch/read-series.js';
import type { PatchSeries } from '../../src/patch/series.js';

const read = (body: string, subject = ''): PatchSeries => readSeries([{ subject, body }], 'the patch');

const DIFF = `diff --git a/mm/ksm.c b/mm/ksm.c
index 1111111..2222222 100644
--- a/mm/ksm.c
+++ b/mm/ksm.c
@@ -10,5 +10,5 @@ static int replace_page(struct page *page)
 	a();

-	b();
+	c();
 	d();
 	e();
`;

test('a hunk keeps its numbers, its function and the lines of the text', () => {
  const [file] = read(DIFF).patches[0].files;
  expect(file.path).toBe('mm/ksm.c');
  expect(file.hunks[0]).toMatchObject({
    line: 5,
    oldStart: 10,
    newStart: 10,
    function: 'static int replace_page(struct page *page)',
  });
  expect(file.hunks[0].lines.map((l) => [l.kind, l.text.trim(), l.line, l.newLine])).toEqual([
    ['context', 'a();', 6, 10],
    ['context', '', 7, 11],
    ['removed', 'b();', 8, undefined],
    ['added', 'c();', 9, 12],
    ['context', 'd();', 10, 13],
    ['context', 'e();', 11, 14],
  ]);
});

test('an archive page holds the patch once, below what people quoted of it', () => {
  const page = `diff mbox series

[1/2] mm: something
Commit Message
A. Developer wrote why.

> diff --git a/mm/ksm.c b/mm/ksm.c
> --- a/mm/ksm.c
> +++ b/mm/ksm.c
> @@ -1,1 +1,1 @@
> -	x();
> +	y();

Looks wrong to me.
> +	y();

diff mbox series

Patch

${DIFF.replace('@@ static', '@@  static')}`;
  const { patches } = read(page);
  expect(patches).toHaveLength(1);
  expect(patches[0].subject).toBe('[1/2] mm: something');
  expect(patches[0].files).toHaveLength(1);
  expect(patches[0].files[0].hunks[0].function).toBe('static int replace_page(struct page *page)');
});

test('context without its blanks is read by the counts', () => {
  const stripped = DIFF.replace(/^[ \t]+(?=\S)/gm, '').replace(/\t/g, ' ');
  const kinds = read(stripped).patches[0].files[0].hunks[0].lines.map((l) => l.kind);
  expect(kinds).toEqual(['context', 'context', 'removed', 'added', 'context', 'context']);
});

test('carriage returns, a signature and a missing last newline do no harm', () => {
  const lines = `${DIFF}\\ No newline at end of file\n-- \n2.15.0\n`.replace(/\n/g, '\r\n');
  expect(read(lines).patches[0].files[0].hunks[0].lines[3].text).toBe('\tc();');
});

test('of a series the patches count, in their order: no cover letter, no reply, no old version', () => {
  const letters = [
    { subject: '[PATCH v2 0/2] mm: two things', body: 'mm/ksm.c | 2 +-' },
    { subject: '[PATCH v2 2/2] mm: second', body: DIFF },
    { subject: 'Re: [PATCH v2 2/2] mm: second', body: `How about\n${DIFF}` },
    { subject: '[PATCH v2 1/2] mm: first', body: `base-commit: ${'a'.repeat(40)}\n${DIFF}` },
    { subject: '[PATCH 1/2] mm: first', body: DIFF },
  ];
  const { patches } = readSeries(letters, 'the series');
  expect(patches.map((p) => p.subject)).toEqual(['[PATCH v2 1/2] mm: first', '[PATCH v2 2/2] mm: second']);
  expect(patches[0].baseCommit).toBe('a'.repeat(40));
});

const bad: readonly (readonly [string, string, string])[] = [
  [
    'no diff',
    'Hello',
    'the patch holds no diff; expected a unified diff, a patch as a mail, or an mbox of a series.',
  ],
  [
    'lost line breaks',
    'diff --git a/mm/x.c b/mm/x.c index 1..2 100644 --- a/mm/x.c +++ b/mm/x.c @@ -1,2 +1,2 @@ foo -a +b',
    'Line 1: the line breaks of the diff are lost ("diff --git" and its "@@" stand in one line); take the patch from an archive that keeps them, as lore.kernel.org does.',
  ],
  [
    'a truncated hunk',
    DIFF.split('\n')
      .slice(0, -2)
      .join('\n')
      .replace(/ \td.*/s, ''),
    'Line 5: the hunk of mm/ksm.c ends 2 old and 2 new lines too early; it is truncated or its counts are wrong.',
  ],
  [
    'counts that are too small',
    DIFF.replace('-10,5 +10,5', '-10,3 +10,2'),
    'Line 9: the hunk at line 5 of mm/ksm.c goes on after the lines that its "@@" line counts.',
  ],
  [
    'counts that leave out the change',
    DIFF.replace('-10,5 +10,5', '-10,2 +10,2'),
    'Line 8: the hunk at line 5 of mm/ksm.c goes on after the lines that its "@@" line counts.',
  ],
  [
    'counts of nothing',
    DIFF.replace('-10,5 +10,5', '-0,0 +0,0').replace('\n\n', '\n'),
    'goes on after the lines that its "@@" line counts.',
  ],
  [
    'headers alone',
    'diff --git a/mm/x.c b/mm/x.c\n'.repeat(3),
    'Line 1: nothing of a diff follows this line;',
  ],
  [
    'counts that are too large',
    `${DIFF.replace('-10,5', '-10,50')}diff --git a/b.c b/b.c\n`,
    'Line 5: the hunk of mm/ksm.c ends 45 old and 0 new lines too early; it is truncated or its counts are wrong.',
  ],
  ['a header that counts nothing', DIFF.replace('-10,5', '-x'), 'is no hunk header; expected'],
  ['a path out of the tree', DIFF.replaceAll('mm/ksm.c', '../../etc/passwd'), 'leaves the tree'],
  [
    'an absolute path',
    DIFF.replace('+++ b/mm/ksm.c', '+++ /etc/passwd'),
    'the path "/etc/passwd" leaves the tree',
  ],
  ['a drive', DIFF.replace('+++ b/mm/ksm.c', '+++ c:\\x'), 'leaves the tree'],
  ['the repository itself', DIFF.replaceAll('mm/ksm.c', '.git/config'), 'is no path of a source file'],
  ['a control character', DIFF.replaceAll('mm/ksm.c', 'mm/\x1b[2Jx.c'), 'is no path of a source file'],
  ['a binary patch', 'diff --git a/x b/x\nGIT binary patch\nliteral 3', 'changes a binary file'],
  ['binary files', 'diff --git a/x b/x\nBinary files a/x and b/x differ', 'changes a binary file'],
  ['a merge', 'diff --cc mm/ksm.c\n@@@ -1,1 -1,1 +1,1 @@@', 'combined diff'],
  ['zero bytes', 'diff\0', 'is binary (a zero byte at 4)'],
  ['ten megabytes', 'x'.repeat(10_000_001), 'has 10000001 characters; at most 10000000 are read.'],
];

test.each(bad)('%s is refused in one sentence', (_, text, sentence) => {
  expect(() => read(text)).toThrow(sentence);
  try {
    read(text);
  } catch (error) {
    expect(error).toMatchObject({ name: 'BadInput' });
    // eslint-disable-next-line no-control-regex -- nothing that a terminal would obey
    expect((error as Error).message).toMatch(/^[^\n\x1b]*\.$/);
  }
});

test('a line of ten million characters takes no time', () => {
  const long = DIFF.replace('c();', 'c("' + '/*'.repeat(1_000_000));
  expect(read(long).patches[0].files[0].hunks).toHaveLength(1);
});

test('a diff that ends inside its last counted line is read, and the doubt is said; one that says it has no break is not', () => {
  const [cut] = read(DIFF.slice(0, -2)).patches;
  expect(cut.doubt).toMatch(/^the text ends in line 11, .* "e\(\)" is not all of the line$/);
  expect(cut.files).toHaveLength(1);
  expect(read(DIFF).patches[0].doubt).toBeUndefined();
  expect(read(`${DIFF}\\ No newline at end of file`).patches[0].doubt).toBeUndefined();
  expect(read(`${DIFF}-- \n2.39`).patches[0].doubt).toBeUndefined();
});

test('a diff whose last counted line is gone is refused, also where it was blank', () => {
  const whole = DIFF.replace(' \te();\n', ' \n');
  expect(read(whole).patches).toHaveLength(1);
  expect(read(whole.replace(/ \n$/, '\n')).patches).toHaveLength(1);
  for (const text of [whole.replace(/ \n$/, ''), DIFF.replace(' \te();\n', '')])
    expect(() => read(text)).toThrow(/ends 1 old and 1 new lines too early/);
});
