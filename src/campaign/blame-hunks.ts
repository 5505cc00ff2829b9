import type { Laboratory } from '../run/laboratory.js';
import type { Finding, Violation } from '../run/finding.js';
import type { Model } from '../program/model.js';
import type { Edit } from '../program/model.js';

/** Two models ready to run. */
export type OpenLab = (candidate: Model, reference: Model) => Pick<Laboratory, 'replay'>;

/**
 * Which hunks a finding of a patched kernel is due to. A hunk that breaks the base alone is to blame; if none does,
 * those without which the series does not break. Indices into `hunks`; none if the schedule shows neither.
 */
export function blameHunks(
  finding: Finding,
  base: Model,
  series: Model,
  hunks: readonly (readonly Edit[])[],
  open: OpenLab,
): readonly number[] {
  const withEdits = (name: string, list: readonly (readonly Edit[])[]): Model => ({
    ...base,
    name,
    edits: [...base.edits, ...list.flat()],
  });
  // laid out beside the series, so that every step that the schedule names is there
  const breaks = (model: Model): boolean =>
    same(open(model, series).replay(finding.case, 'candidate').violation, finding.violation);
  const all = hunks.map((_, i) => i).filter((i) => hunks[i].length > 0);
  const alone = all.filter((i) => breaks(withEdits(`hunk ${i}`, [hunks[i]])));
  if (alone.length > 0) return alone;
  return all.filter(
    (i) =>
      !breaks(
        withEdits(
          `without hunk ${i}`,
          hunks.filter((_, k) => k !== i),
        ),
      ),
  );
}

/** The hunks without which the base stays broken; of a finding that the series repairs. */
export function creditHunks(
  finding: Finding,
  base: Model,
  series: Model,
  hunks: readonly (readonly Edit[])[],
  open: OpenLab,
): readonly number[] {
  return hunks.flatMap((_, i) => {
    const rest = hunks.filter((_, k) => k !== i).flat();
    const without: Model = { ...base, name: `without hunk ${i}`, edits: [...base.edits, ...rest] };
    const still = open(without, series).replay(finding.case, 'candidate').violation;
    return hunks[i].length > 0 && same(still, finding.violation) ? [i] : [];
  });
}

function same(a: Violation | undefined, b: Violation): boolean {
  return a !== undefined && a.kind === b.kind && a.agent === b.agent;
}
