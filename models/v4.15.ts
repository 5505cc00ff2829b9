import { changes } from './changes.js';
import { kernelAt } from './history.js';

/** Linux 4.15 as shipped: 4.14 with both patches of the 2017 series. */
export const v4_15 = kernelAt(
  {
    version: '4.15',
    about: 'Linux 4.15: the 2017 series in full; where the lock already notified, range_end only ends',
    readFrom: 'v4.15-rc8, as differences to v4.14',
    era: '4.15-6.5',
    cowReuse: 'mapcount',
  },
  changes,
);
