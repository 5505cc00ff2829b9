import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { models } from '../../models/models.js';
import { openSourceTree } from '../../src/campaign/source-tree.js';
import { placeSeries } from '../../src/patch/place-series.js';
import type { Placement } from '../../src/patch/placement.js';
import { hunksOf } from '../../src/patch/print-diff.js';
import { readSeries } from '../../src/patch/read-series.js';
import type { SourceTree } from '../../src/patch/tree.js';
import { operations } from './placing.js';

/**
 * Patches of a kernel as a distribution ships it. The package is large, so that it is fetched only when that is asked for;
 * it is unpacked beside nothing of the system and thrown away.
 */
const ASKED = process.env['SHOOTDOWN_DEBIAN_TREE'] === '1';
const PACKAGE = 'linux-source-6.1';
const given = ASKED ? test : test.skip;
const reason = ASKED ? '' : ' (skipped: SHOOTDOWN_DEBIAN_TREE=1 fetches linux-source-6.1, 140 MB)';

let work = '';
let tree: SourceTree;

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { cwd: work, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

beforeAll(async () => {
  if (!ASKED) return;
  work = mkdtempSync(join(tmpdir(), 'shootdown-debian-'));
  run('apt-get', 'download', PACKAGE);
  run(
    'dpkg-deb',
    '-x',
    readdirSync(work).find((name) => name.endsWith('.deb'))!,
    'package',
  );
  const parts = ['mm', 'Makefile'].map((part) => `${PACKAGE}/${part}`);
  run('tar', '-xJf', `package/usr/src/${PACKAGE}.tar.xz`, ...parts);
  tree = await openSourceTree(join(work, PACKAGE));
}, 300_000);
afterAll(() => {
  if (work !== '') rmSync(work, { recursive: true, force: true });
});

/** Places a change of one file of the tree, shown with so many lines of context and without a function's name. */
function place(file: string, from: string, to: string, context: number): Placement {
  const before = readFileSync(join(work, PACKAGE, file), 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  const hunks = hunksNear(before.split('\n'), after.split('\n'), context);
  const diff = `--- a/${file}\n+++ b/${file}\n${hunks.join('')}`;
  return placeSeries(readSeries([{ subject: '', body: diff }], 'it'), models, operations, undefined, tree);
}

/** As hunksOf, which would compare all lines of both files with each other. */
function hunksNear(before: readonly string[], after: readonly string[], context: number): readonly string[] {
  const first = before.findIndex((line, i) => line !== after[i]) - 40;
  const hunks = hunksOf(before.slice(first, first + 120), after.slice(first, first + 120), context, '');
  // what the window cuts off at its end is no change
  return [
    hunks[0].replace(
      /@@ -(\d+)(,\d+) \+(\d+)/,
      (_, a: string, n: string, b: string) => `@@ -${Number(a) + first}${n} +${Number(b) + first}`,
    ),
  ];
}

given.each([
  [
    'mm/memory.c',
    '\t\tptep_clear_flush_notify(vma, vmf',
    '\t\tptep_clear_flush(vma, vmf',
    'wp_page_copy',
    'mute',
  ],
  [
    'mm/memory.c',
    '\t\ttlb_flush_mmu_tlbonly(tlb);\n\tpte_unmap',
    '\t\t;\n\tpte_unmap',
    'zap_pte_range',
    'drop',
  ],
  ['mm/ksm.c', '\tptep_clear_flush(vma, addr, ptep);\n', '', 'replace_page', 'drop'],
])(`%s of Debian's kernel: %j is placed by its tree alone${reason}`, (file, from, to, name, kind) => {
  const { base, hunks } = place(file, from, to, 1);
  expect([base.model.name, base.why]).toEqual(['v6.1', 'the Makefile of the tree says v6.1']);
  expect(hunks.map((h) => [h.function, h.verdict, h.edits.map((e) => e.kind)])).toEqual([
    [name, 'placed', [kind]],
  ]);
});
