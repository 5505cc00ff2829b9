import { changes } from './changes.js';
import { kernelAt } from './history.js';

/** Linux 6.1 as shipped. */
export const v6_1 = kernelAt(
  {
    version: '6.1',
    about: 'Linux 6.1: mprotect flushes by a gather; DAX cleans every mapping of a huge entry',
    readFrom: 'v6.1.192 (Debian, a long-term tree), and v5.17-rc5, v5.18.12 and v5.19 for what came between',
    era: '4.15-6.5',
    cowReuse: 'anon-exclusive',
  },
  changes,
);
