import { changes } from './changes.js';
import { kernelAt } from './history.js';

/** Linux 5.10 as shipped. */
export const v5_10 = kernelAt(
  {
    version: '5.10',
    about: 'Linux 5.10: write faults copy unless nobody else refers to the page; clear_refs flushes no CPU',
    readFrom: 'v5.10.7, and v5.2.1, v5.7.14, v5.8.1 and v5.9.1 for what came between',
    era: '4.15-6.5',
    cowReuse: 'page_count',
  },
  changes,
);
