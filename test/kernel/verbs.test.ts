import { readdirSync, readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { kernelWords } from '../../src/kernel/verbs.js';

test('the register takes in every file of the kernel room that exports verbs', () => {
  const register = readFileSync('src/kernel/verbs.ts', 'utf8');
  const missing = readdirSync('src/kernel')
    .filter((file) => file !== 'verbs.ts')
    .filter((file) =>
      /^export const \w+ =\s(verb|test|value|constant)\(/m.test(readFileSync(`src/kernel/${file}`, 'utf8')),
    )
    .filter((file) => !register.includes(`'./${file.replace(/ts$/, 'js')}'`));
  expect(missing).toEqual([]);
});

test('verbs, tests, values, constants and the parts of expanded verbs are found by their C names', () => {
  expect(kernelWords.primitive('set_pte_at', 'step', 3).name).toBe('set_pte_at');
  expect(kernelWords.primitive('pte_none', 'test', 1).shape).toBe('test');
  expect(kernelWords.primitive('mk_pte', 'value', 2).shape).toBe('value');
  expect(kernelWords.primitive('tlb_flush', 'step', 0).name).toBe('tlb_flush');
  expect(kernelWords.primitive('invalidate_range_end', 'step', 2).sleeps).toBe(true);
  expect(kernelWords.constant('WRITE')?.value).toBe(2);
});

test('two verbs for one C function go by the names that they are exported by', () => {
  const swap = kernelWords.primitive('__remove_mapping[remove_mapping_swap]', 'test', 1);
  expect(kernelWords.nameOf(swap)).toBe('__remove_mapping[remove_mapping_swap]');
  expect(() => kernelWords.primitive('__remove_mapping', 'test', 1)).toThrow('does not say which');
});
