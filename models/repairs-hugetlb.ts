import type { Edit } from '../src/program/model.js';
import { hugetlbChanges } from './history/hugetlb.js';

/** What v4.14 gets wrong with PMD tables that mms share, as later kernels repaired it: every such change there is. */
export const hugetlbRepairs: readonly Edit[] = hugetlbChanges.flatMap((change) =>
  change.edits.map((edit) =>
    edit.kind === 'drop' || edit.kind === 'insert'
      ? { ...edit, why: `${change.about}: ${change.commit}, v${change.since ?? ''}` }
      : edit,
  ),
);
