import { expect, test } from '@jest/globals';
import { Linter } from 'eslint';

import { ban_rules, pure_files } from '../../eslint.bans.js';
import { read_tree, type Tree } from './tree.js';

const linter = new Linter();

function banned(code: string): string[] {
  return linter
    .verify(code, [{ files: ['**/*.ts'], rules: ban_rules }], 'a.ts')
    .map(({ message }) => message);
}

test.each([
  ['Math.random();', 'seeded generator'],
  ['const { random } = Math;', 'seeded generator'],
  ['import seedrandom from "seedrandom"; seedrandom();', 'seeded generator'],
  ['import { randomInt } from "node:crypto";', 'seeded generator'],
  ['import crypto from "node:crypto"; crypto.randomBytes(4);', 'seeded generator'],
  ['Date.now();', 'step count'],
  ['new Date();', 'step count'],
  ['performance.now();', 'step count'],
  ['setTimeout(() => 0, 1);', 'campaign owns timers'],
  ['console.log(1);', 'src/report'],
  ['process.exit(1);', 'src/cli reads the environment'],
  ['globalThis.Date;', 'name the value itself'],
  ['import "fs";', 'contents as an argument'],
  ['import "node:fs/promises";', 'contents as an argument'],
  ['export * from "node:timers";', 'campaign owns timers'],
  ['import "node:worker_threads";', 'src/campaign starts workers'],
  ['import "piscina";', 'src/campaign starts workers'],
  ['import "commander";', 'src/report'],
  ['Promise.resolve();', 'synchronously'],
  ['async function f() {}', 'synchronously'],
  ['const f = async () => 0;', 'synchronously'],
  ['await 0;', 'synchronously'],
  ['import("./a.js");', 'synchronously'],
])('%s is banned and the replacement named', (code, replacement) => {
  expect(banned(code).join('\n')).toContain(replacement);
});

test.each([
  'import seedrandom from "seedrandom"; export const rng = seedrandom("1");',
  'import { createHash } from "node:crypto"; createHash("sha256");',
  'export const process_vm = (mm) => mm.process + Math.max(1, 2);',
  'import "./process.js"; import "../base/fs.js";',
])('%s is allowed', (code) => {
  expect(banned(code)).toEqual([]);
});

const pure_rooms = /^\{(.*)\}$/.exec(pure_files[0]?.split('/')[1] ?? '')?.[1]?.split(',') ?? [];

/** What eslint cannot see, since a comment switches it off. */
function switched_off(tree: Tree): string[] {
  const found: string[] = [];
  for (const [path, text] of tree) {
    const [top, room] = path.split('/') as [string, string];
    if (top !== 'models' && !pure_rooms.includes(room)) continue;
    text.split('\n').forEach((line, at) => {
      const comment = /(?:\/\/|\/\*|^\s*\*)\s*eslint(?:-disable[\w-]*)?\b(.*)/.exec(line);
      if (!comment) return;
      const rules = (comment[1] ?? '').replace(/\*\/.*|--.*/g, '').trim();
      if (rules === '' || rules.includes('no-restricted-')) {
        found.push(`${path}:${at + 1}: do not switch the bans off; move the code to src/campaign or src/cli`);
      }
    });
  }
  return found;
}

test('no comment switches the bans off', () => {
  expect(switched_off(read_tree('src', 'models'))).toEqual([]);
});

test('a comment that switches the bans off is reported', () => {
  const tree = new Map([
    ['src/run/a.ts', '\n// eslint-disable-next-line no-restricted-globals -- why not\n'],
    ['src/run/b.ts', '/* eslint-disable */'],
    ['src/run/c.ts', '/* eslint no-restricted-syntax: "off" */'],
    ['src/run/d.ts', '// eslint-disable-next-line no-bitwise -- flags\n// see eslint.config.js'],
    ['src/cli/a.ts', '// eslint-disable-next-line no-restricted-globals'],
  ]);
  expect(switched_off(tree).map((found) => found.split(': ')[0])).toEqual([
    'src/run/a.ts:2',
    'src/run/b.ts:1',
    'src/run/c.ts:1',
  ]);
  expect(pure_rooms).toContain('kernel');
});
