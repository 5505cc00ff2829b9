import type { Change } from '../history.js';
import { hugeEntryInPlace, mkcleanEveryPage, mkcleanNeverNone } from '../repairs-dax.js';

/** DAX: faults on huge entries, and writeback. */
export const daxChanges: readonly Change[] = [
  {
    since: '5.1',
    commit: 'c6f3c5ee40c1',
    about: 'a DAX fault changes the rights of a huge entry that is there, and never takes any',
    edits: hugeEntryInPlace,
  },
  {
    since: '5.2',
    commit: '024eee0e83f0',
    about: 'a huge DAX entry is never none while it is cleaned',
    edits: mkcleanNeverNone,
  },
  {
    since: '5.19',
    commit: '06083a0921fd',
    about: 'DAX cleans by pfn_mkclean_range: mappings of every page of a huge entry, PMDs under their lock',
    edits: mkcleanEveryPage,
  },
];
