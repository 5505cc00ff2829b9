import { changes } from './changes.js';
import { kernelAt } from './history.js';

/** Linux 6.6 as shipped. */
export const v6_6 = kernelAt(
  {
    version: '6.6',
    about: 'Linux 6.6: the CPU flush helpers invalidate the secondary TLBs, and nothing else does',
    readFrom: 'v6.6.150 (a long-term tree), and v6.5 for what came between',
    era: '6.6-',
    cowReuse: 'anon-exclusive',
  },
  changes,
);
