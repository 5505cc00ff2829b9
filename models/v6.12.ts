import { changes } from './changes.js';
import { kernelAt } from './history.js';

/** Linux 6.12 as shipped. */
export const v6_12 = kernelAt(
  {
    version: '6.12',
    about: 'Linux 6.12: change_pte is gone; the same modelled steps as v6.6 otherwise',
    readFrom: 'v6.12.117 (Debian, a long-term tree)',
    era: '6.6-',
    cowReuse: 'anon-exclusive',
  },
  changes,
);
