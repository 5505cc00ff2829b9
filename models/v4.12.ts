import { changes } from './changes.js';
import { kernelAt } from './history.js';

/** Linux 4.12 as shipped. */
export const v4_12 = kernelAt(
  {
    version: '4.12',
    about: 'Linux 4.12: reclaim and mkclean tell one address, under the lock',
    readFrom: 'v4.12.4, as differences to v4.14',
    era: '4.4-4.12',
    cowReuse: 'mapcount',
  },
  changes,
);
