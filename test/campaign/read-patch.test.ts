import { expect, test } from '@jest/globals';
import { readPatch } from '../../src/campaign/read-patch.js';

const DIFF = `diff --git a/mm/ksm.c b/mm/ksm.c
--- a/mm/ksm.c
+++ b/mm/ksm.c
@@ -10,3 +10,3 @@ static int replace_page(struct page *page)
 	a(x = 1);
-	b();
+	c();
 	d();
`;

const head = (subject: string, more = ''): string =>
  `From: =?utf-8?q?J=C3=A9r=C3=B4me?= <j@example.org>\nSubject: ${subject}\nMessage-ID: <1@example.org>\n${more}\n`;

const read = (text: string | Uint8Array): ReturnType<typeof readPatch> =>
  readPatch(typeof text === 'string' ? Buffer.from(text) : text, 'the patch');

const code = async (text: string): Promise<readonly string[]> =>
  (await read(text)).patches.flatMap((p) =>
    p.files.flatMap((f) => f.hunks.flatMap((h) => h.lines.map((l) => l.text))),
  );

const LINES = ['\ta(x = 1);', '\tb();', '\tc();', '\td();'];

test('a diff alone', async () => {
  expect(await code(DIFF)).toEqual(LINES);
});

test('a mail: its subject may be folded and encoded', async () => {
  const { patches } = await read(`${head('=?utf-8?q?=5BPATCH=5D?= mm:\n shorter')}why\n---\n${DIFF}`);
  expect(patches.map((p) => p.subject)).toEqual(['[PATCH] mm: shorter']);
});

test.each([
  [
    'quoted-printable',
    head('x', 'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n') +
      DIFF.replaceAll('=', '=3D').replaceAll('\t', '=09').replace('\tc();', 'c=\n();'),
  ],
  [
    'base64',
    head('x', 'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n') +
      Buffer.from(DIFF).toString('base64').replace(/.{70}/g, '$&\n'),
  ],
  ['carriage returns', (head('x') + DIFF).replaceAll('\n', '\r\n')],
])('%s', async (_, text) => {
  expect(await code(text)).toEqual(LINES);
});

test('a patch in Latin-1 whose header says so', async () => {
  const text =
    head('x', 'Content-Type: text/plain; charset=iso-8859-1\n') + DIFF.replace('b();', 'b(); /* \xe9 */');
  const { patches } = await read(Buffer.from(text, 'latin1'));
  expect(patches[0].files[0].hunks[0].lines[1].text).toBe('\tb(); /* \u00e9 */');
});

test('an mbox: cover letter and answers are left out', async () => {
  const from = 'From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001\n';
  const box = [
    `${head('[PATCH 0/2] mm: two')}\n>From the start there were two.\n`,
    `${head('[PATCH 2/2] mm: b')}\n${DIFF}-- \n2.15\n`,
    `${head('Re: [PATCH 2/2] mm: b')}\n${DIFF.replace(/^/gm, '> ')}\nNo.\n`,
    `${head('[PATCH 1/2] mm: a')}\n${DIFF}-- \n2.15\n`,
  ].map((mail) => `${from}${mail}\n`);
  const { patches } = await read(box.join(''));
  expect(patches.map((p) => p.subject)).toEqual(['[PATCH 1/2] mm: a', '[PATCH 2/2] mm: b']);
});

test('an attached patch', async () => {
  const text =
    head('x', 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n') +
    `--B\nContent-Type: text/plain\n\nSee the patch.\n--B\nContent-Type: text/x-patch; name=a.patch\nContent-Disposition: attachment; filename=a.patch\n\n${DIFF}\n--B--\n`;
  expect(await code(text)).toEqual(LINES);
});

test.each([
  [
    'UTF-16',
    Buffer.from(DIFF, 'utf16le'),
    'the patch is binary or UTF-16 (a zero byte at 1); expected a mail or a diff as text.',
  ],
  [
    'Latin-1',
    Buffer.from(DIFF.replace('b', '\xe9'), 'latin1'),
    'the patch is not UTF-8; expected a mail, or a diff in UTF-8 (iconv converts it).',
  ],
  ['too much', Buffer.alloc(10_000_001, 32), 'the patch has 10000001 bytes; at most 10000000 are read.'],
])('%s is refused in one sentence', async (_, bytes, sentence) => {
  await expect(read(bytes)).rejects.toThrow(sentence);
});
