import { changes } from './changes.js';
import { kernelAt } from './history.js';

/** Linux 4.14 as shipped: the operations as they were read. */
export const v4_14 = kernelAt(
  {
    version: '4.14',
    about: 'Linux 4.14: range_end invalidates after the lock is dropped, most sites also under it',
    readFrom: 'v4.14',
    era: '4.13-4.14',
    cowReuse: 'mapcount',
  },
  changes,
);
