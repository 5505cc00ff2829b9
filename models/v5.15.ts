import { changes } from './changes.js';
import { kernelAt } from './history.js';

/** Linux 5.15 as shipped. */
export const v5_15 = kernelAt(
  {
    version: '5.15',
    about: 'Linux 5.15: clear_refs holds mmap_lock for writing and flushes',
    readFrom: 'v5.15.85 (a long-term tree), and v5.11 for what came between',
    era: '4.15-6.5',
    cowReuse: 'page_count',
  },
  changes,
);
