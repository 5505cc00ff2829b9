import { changes } from './changes.js';
import { kernelAt } from './history.js';

/** Linux 4.4 as shipped. */
export const v4_4 = kernelAt(
  {
    version: '4.4',
    about: 'Linux 4.4: reclaim and mkclean tell one address, after the lock is dropped',
    readFrom: "v4.4.1: notifier placement, rmap walks; the rest of the text is v4.14's",
    era: '4.4-4.12',
    cowReuse: 'mapcount',
  },
  changes,
);
