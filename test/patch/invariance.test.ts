import { expect, test } from '@jest/globals';
import { generated, type Generated } from './generated.js';
import { likeness, VARIANTS, type Likeness } from './variants.js';

const BASES = ['v4.14', 'v6.6'];

function counted(variant: keyof typeof VARIANTS, count: number): Partial<Record<Likeness, number>> {
  const out: Partial<Record<Likeness, number>> = {};
  for (const patch of some(variant, count)) {
    const text = VARIANTS[variant](patch);
    if (text === undefined) continue;
    const how = likeness(patch, text);
    out[how] = (out[how] ?? 0) + 1;
  }
  return out;
}

function some(seed: string, count: number): readonly Generated[] {
  const out: Generated[] = [];
  for (const patch of generated(seed, BASES)) {
    out.push(patch);
    if (out.length === count) break;
  }
  return out;
}

test('moving the functions to another file changes nothing', () => {
  expect(counted('moved', 30)).toEqual({ same: 30 });
});

test('hunks in another order change nothing', () => {
  const { same = 0, ...others } = counted('turned', 200);
  expect(others).toEqual({});
  expect(same).toBeGreaterThan(5);
});

// A name that stands in added lines alone is nobody's until the whole function shows whose it is.
test('other names for the variables place nothing else, and are understood where the diff shows whose they are', () => {
  const { same = 0, whole = 0, refused = 0, ...others } = counted('renamed', 60);
  expect(others).toEqual({});
  expect(same + whole + refused).toBe(60);
  expect(same).toBeGreaterThan(50);
  // a variable of one C function that the change carries into another, whose text never names it
  expect(refused).toBeLessThan(4);
});
