import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from '@jest/globals';

import { run } from './in-process.js';

const work = mkdtempSync(join(tmpdir(), 'shootdown-validate-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

let files = 0;

/** A file with a text; with a mail's head when it is a diff. */
function file(text: string): string {
  const path = join(work, `${++files}.patch`);
  const head = 'From: A Developer <dev@example.org>\nSubject: [PATCH] mm: a change\n\nBecause.\n\n---\n';
  writeFileSync(path, text.startsWith('diff ') ? head + text : text);
  return path;
}

const comment = `diff --git a/mm/memory.c b/mm/memory.c
--- a/mm/memory.c
+++ b/mm/memory.c
@@ -2527,7 +2527,7 @@ static int wp_page_copy(struct vm_fault *vmf)
 		 * pte entry and write into the new page with the old one.
 		 */
-		/* Clear the pte entry first. */
+		/* Clear the pte entry and flush it first. */
 		ptep_clear_flush_notify(vma, vmf->address, vmf->pte);
 		page_add_new_anon_rmap(new_page, vma, vmf->address, false);
 		mem_cgroup_commit_charge(new_page, memcg, false, false);
 		lru_cache_add_active_or_unevictable(new_page, vma);
`;

const unknown = `diff --git a/mm/frobnicate.c b/mm/frobnicate.c
--- a/mm/frobnicate.c
+++ b/mm/frobnicate.c
@@ -100,7 +100,7 @@ static void frobnicate_page(struct vm_area_struct *vma, unsigned long address)
 	pte_t *ptep = frobnicate_pte(vma, address);
 	pte_t pte;
 
-	pte = ptep_clear_flush_notify(vma, address, ptep);
+	pte = ptep_clear_flush(vma, address, ptep);
 	frobnicate(pte);
 	pte_unmap(ptep);
 }
`;

const validate = (patch: string, ...args: string[]): ReturnType<typeof run> =>
  run('validate', patch, '--crashes', join(work, 'crashes'), ...args);

test('a patch of comments is harmless, and nothing is run', async () => {
  const { code, out, err } = await validate(file(comment), '--base', 'v4.14');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('verdict: harmless\n  1 hunk: 1 harmless\n');
  expect(out).toContain('  comments and blanks: mm/memory.c:2529\n');
  expect(out).toContain('Nothing was run: no hunk changes a step of the model.\n');
});

test('a hunk in a function that no model has ends with 4, and is named with its line', async () => {
  const { code, out } = await validate(file(unknown));
  expect(code).toBe(4);
  expect(out).toContain('verdict: NOT MODELLED\n');
  expect(out).toMatch(/^mm\/frobnicate\.c:103, frobnicate_page$/m);
});

test('one hunk that is not modelled among harmless ones keeps the series from being safe', async () => {
  const { code, out } = await validate(file(comment + unknown.replace(/^.*\n/, '')), '--format', 'terse');
  expect(code).toBe(4);
  expect(out).toMatch(/^mm\/memory\.c:2529: NOTE: harmless: comments and blanks$/m);
  expect(out).toMatch(/^mm\/frobnicate\.c:103: WARNING: NOT MODELLED: /m);
});

test('a mail or a diff that ends inside its last line is judged, and its end is doubted in every format', async () => {
  const cut = comment.trimEnd().slice(0, -5);
  const bare = join(work, 'cut.diff');
  writeFileSync(bare, cut);
  for (const path of [file(cut), bare]) {
    const { code, out } = await validate(path, '--base', 'v4.14', '--format', 'terse');
    expect(code).toBe(0);
    expect(out).toMatch(/^WARNING: the text ends in line \d+, the last of a hunk, without a line break/m);
  }
  expect((await validate(bare, '--base', 'v4.14')).out).toMatch(/^ {2}but the text ends in line 12,/m);
});

test('a series is judged from several files, and its base is named', async () => {
  const { code, out } = await validate(file(comment), file(unknown), '--base', 'v4.12', '--format', 'json');
  const verdict = JSON.parse(out);
  expect([code, verdict.base.model, verdict.base.why]).toEqual([4, 'v4.12', 'asked for']);
  expect(verdict.hunks.map((h: { verdict: string }) => h.verdict)).toEqual(['harmless', 'not-modelled']);
});

const bad: [string, () => string, string[], RegExp][] = [
  [
    'an unknown format',
    () => file(comment),
    ['--format', 'serif'],
    /Unknown format "serif".*Did you mean "sarif"\?/,
  ],
  ['an unknown base', () => file(comment), ['--base', 'v4.1'], /no model "v4\.1" to use as a base/],
  ['a text without a diff', () => file('Looks good to me.\n'), [], /\d+\.patch/],
  ['a hunk that lies about its lines', () => file(comment.replace('-2527,7', '-2527,9')), [], /line/],
  ['a patch that was cut off', () => file(comment.slice(0, -120)), [], /line/],
  [
    'a patch that was cut off before its first hunk',
    () => file(comment.replace(/^---[^]*/m, 'index 1111111..2222222 ')),
    [],
    /Line \d+: the diff of mm\/memory\.c ends after its "index" line; it is truncated/,
  ],
  ['a patch that is not there', () => join(work, 'nowhere.patch'), [], /Cannot read .*nowhere\.patch/],
  [
    'a path that leaves the tree',
    () => file(comment.replaceAll('/mm/memory.c', '/../../etc/passwd')),
    [],
    /passwd/,
  ],
  ['ten megabytes', () => file('x'.repeat(10_000_001)), [], /larger than 10000000 bytes/],
  ['a binary file', () => file('diff --git a/x b/x\n\0\x01'), [], /binary or UTF-16/],
  [
    'a diff that is not UTF-8',
    () => {
      const path = join(work, 'latin1.diff');
      writeFileSync(path, Buffer.from(comment.replace('flush', 'fl\xfcsh'), 'latin1'));
      return path;
    },
    [],
    /not UTF-8; expected a mail, or a diff in UTF-8/,
  ],
  ['a directory', () => work, [], /Cannot read .*EISDIR/],
  [
    'an absolute path',
    () => file(comment.replace('+++ b/mm/memory.c', '+++ /etc/passwd')),
    [],
    /leaves the tree/,
  ],
  ['a patch of a binary', () => file('diff --git a/x b/x\nGIT binary patch\nliteral 3\n'), [], /binary/],
  ['counts that leave out the change', () => file(comment.replace('7 +2527,7', '2 +2527,2')), [], /goes on/],
  ['known findings that are not there', () => file(comment), ['--known', join(work, 'none')], /no directory/],
];

test.each(bad)('%s ends with 2 and one sentence', async (_name, patch, args, expected) => {
  const { code, out, err } = await validate(patch(), ...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(expected);
  expect(err).toMatch(/^shootdown: [^\n]+\n$/);
  expect(existsSync(join(work, 'crashes'))).toBe(false);
});

const wpPageCopy = 'test/patch/patches/cow-without-notify.patch';

/** Runs a command line of the build, whose workers can be hired. */
function judge(patch: string, ...args: string[]): { status: number | null; stdout: string } {
  const main = ['dist/src/cli/main.js', 'validate', patch, '--base', 'v5.0', '--seed', 'x', '--cases', '500'];
  return spawnSync(process.execPath, [...main, '--hardware', 'conforming', '--workers', '1', ...args], {
    encoding: 'utf8',
  });
}

test('a notification that carries weight is missed, until its finding is accepted, also of the next version', () => {
  const crashes = join(work, 'findings');
  const first = judge(wpPageCopy, '--crashes', crashes, '--format', 'json');
  expect(first.status).toBe(1);
  const { verdict, hunks } = JSON.parse(first.stdout);
  expect([verdict, hunks[0].function, hunks[0].verdict]).toEqual(['unsafe', 'wp_page_copy', 'unsafe']);
  const kinds = hunks[0].evidence.map((e: { site: string; kind: string }) => `${e.kind} ${e.site}`);
  expect(kinds).toContain('stale-entry wp_page_copy');
  expect(readdirSync(crashes).length).toBeGreaterThan(0);

  // the second version stands elsewhere in the file, and has one more hunk
  const v2 = readFileSync(wpPageCopy, 'utf8')
    .replace('[PATCH]', '[PATCH v2]')
    .replace(
      /@@ -(\d+),(\d+) \+(\d+),(\d+) @@/g,
      (_, a, n, b, m) => `@@ -${+a + 70},${n} +${+b + 71},${m} @@`,
    );
  const more = comment.slice(comment.indexOf('@@')).replace('-2527,7 +2527,7', '-900,7 +900,7');
  const second = judge(file(withHunk(v2, more)), '--known', crashes, '--no-save', '--format', 'json');
  expect(second.status).toBe(0);
  const after = JSON.parse(second.stdout);
  expect(after.hunks.map((h: { verdict: string }) => h.verdict)).toEqual(['harmless', 'accepted']);
  expect(after.verdict).toBe('accepted');
  expect(after.accepted).toContain('candidate-only stale-entry wp_page_copy device');
}, 300_000);

/** The patch with one more hunk before its first. */
const withHunk = (patch: string, hunk: string): string => patch.replace(/^@@/m, `${hunk}@@`);
