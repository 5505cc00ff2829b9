import { PTES_PER_PMD } from '../machine/geometry.js';
import { test, value, verb } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';

/** Cursors over addresses, and the arithmetic of registers. All private. */

const P = { private: true } as const;

/** `addr = start` the first time (cursor 0), then one page further; NO past the end. */
export const next_page = test(
  'for_each_page',
  ['start', 'count', '>cursor', '>addr'],
  (m, _t, start, count, cursor, out) => {
    const w = m.words;
    const i = w[cursor];
    if (i >= count) {
      w[cursor] = 0;
      return NO;
    }
    w[out] = start + i;
    w[cursor] = i + 1;
    return DONE;
  },
  P,
);

/** The same, PMD by PMD: `addr` is the first page of the range in each. */
export const next_pmd = test(
  'for_each_pmd',
  ['start', 'count', '>cursor', '>addr'],
  (m, _t, start, count, cursor, out) => {
    const w = m.words;
    const i = w[cursor];
    if (i >= count) {
      w[cursor] = 0;
      return NO;
    }
    const addr = start + i;
    w[out] = addr;
    w[cursor] = (addr & ~(PTES_PER_PMD - 1)) + PTES_PER_PMD - start;
    return DONE;
  },
  P,
);

/** Pages from `addr` to the end of its PMD, at most to the end of [start, start + count). */
export const pages_in_pmd = value(
  'pmd_addr_end',
  ['addr', 'start', 'count'],
  (_m, _t, addr, start, count) => Math.min((addr & ~(PTES_PER_PMD - 1)) + PTES_PER_PMD, start + count) - addr,
);

export const let_ = verb(
  'let',
  ['>to', 'value'],
  (m, _t, to, v) => {
    m.words[to] = v;
    return DONE;
  },
  P,
);
export const is_zero = test('is_zero', ['value'], (_m, _t, v) => (v === 0 ? DONE : NO), P);
export const equal = test('equal', ['a', 'b'], (_m, _t, a, b) => (a === b ? DONE : NO), P);
export const has = test('has', ['flags', 'flag'], (_m, _t, a, b) => ((a & b) !== 0 ? DONE : NO), P);
export const plus = value('plus', ['a', 'b'], (_m, _t, a, b) => a + b);
export const min = value('min', ['a', 'b'], (_m, _t, a, b) => Math.min(a, b));
export const max = value('max', ['a', 'b'], (_m, _t, a, b) => Math.max(a, b));
export const less = test('less', ['a', 'b'], (_m, _t, a, b) => (a < b ? DONE : NO), P);
export const minus = value('minus', ['a', 'b'], (_m, _t, a, b) => a - b);
export const or_ = value('or', ['a', 'b'], (_m, _t, a, b) => a | b);
/** [start, start + count) holds the whole PMD of `addr`. */
export const covers_pmd = test(
  'covers_pmd',
  ['addr', 'start', 'count'],
  (_m, _t, addr, start, count) => {
    const first = addr & ~(PTES_PER_PMD - 1);
    return first >= start && first + PTES_PER_PMD <= start + count ? DONE : NO;
  },
  P,
);
