import { expect, test } from '@jest/globals';

import { read_tree, type Tree } from './tree.js';

const longest = 300;
const empty_names = /^(utils?|types?|common|helpers?|managers?|index)(\.test|\.d)?\.[cm]?tsx?$/i;

/** Lines of text; the newline that ends the last line starts no new one. */
function line_count(text: string): number {
  return text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
}

function badly_named(tree: Tree): string[] {
  return [...tree.keys()].filter((path) => empty_names.test(path.slice(path.lastIndexOf('/') + 1)));
}

function too_long(tree: Tree): string[] {
  return [...tree]
    .map(([path, text]) => [path, line_count(text)] as const)
    .filter(([, count]) => count > longest)
    .map(([path, count]) => `${path}: ${count} lines, at most ${longest}`);
}

test('a file is named for what it holds', () => {
  expect(badly_named(read_tree('src', 'models', 'test'))).toEqual([]);
});

test(`a source file has at most ${longest} lines`, () => {
  expect(too_long(read_tree('src', 'models'))).toEqual([]);
});

test('both rules report offenders', () => {
  const names = [
    'src/run/utils.ts',
    'src/run/index.ts',
    'models/Types.ts',
    'src/run/index_of.ts',
    'src/types/vma.ts',
  ];
  expect(badly_named(new Map(names.map((name) => [name, ''])))).toEqual(names.slice(0, 3));
  const lengths = new Map([
    ['src/run/full.ts', 'x\n'.repeat(300)],
    ['src/run/over.ts', `${'x\n'.repeat(300)}x`],
  ]);
  expect(too_long(lengths)).toEqual(['src/run/over.ts: 301 lines, at most 300']);
});
