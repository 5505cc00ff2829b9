import { changes } from './changes.js';
import { kernelAt } from './history.js';

/** Linux 5.0 as shipped. */
export const v5_0 = kernelAt(
  {
    version: '5.0',
    about:
      'Linux 5.0: the 2017 series; munmap zaps under mmap_lock for reading, mremap flushes before it unlocks',
    readFrom: 'v5.0, and v4.17 and v4.19.48 for what came between',
    era: '4.15-6.5',
    cowReuse: 'mapcount',
  },
  changes,
);
