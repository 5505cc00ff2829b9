import type { Laboratory } from '../run/laboratory.js';
import type { Finding, Violation } from '../run/finding.js';
import type { Edit, Model } from '../program/model.js';
import type { Case } from '../scenario/case.js';

type Lab = Pick<Laboratory, 'replay'>;
/** Two models ready to run cases of the program operations of these names, whose schedules name steps of any of the models. */
export type OpenLab = (
  candidate: Model,
  reference: Model,
  programs: ReadonlySet<string>,
  beside: readonly Model[],
) => Lab;

/**
 * Says which hunks findings are due to. Kernels with a hunk alone, and without one, are laid out as far as the finding's
 * case calls them, once for all findings that call the same: laying out the whole of each takes a second.
 */
export class Blame {
  private readonly labs = new Map<string, Lab>();
  private readonly all: readonly number[];

  constructor(
    private readonly base: Model,
    private readonly series: Model,
    private readonly hunks: readonly (readonly Edit[])[],
    private readonly open: OpenLab,
  ) {
    this.all = hunks.map((_, i) => i).filter((i) => hunks[i].length > 0);
  }

  /**
   * A hunk that breaks the base alone is to blame; if none does, those without which the series does not break. Indices
   * of hunks; none if the schedule shows neither.
   */
  of(finding: Finding): readonly number[] {
    if (this.all.length === 1) return this.all; // it is the series
    const alone = this.all.filter((i) => this.breaks([this.hunks[i]], `hunk ${i}`, finding));
    return alone.length > 0 ? alone : this.needed(finding);
  }

  /**
   * The hunks without which the base stays broken; of a finding that the series repairs. Where each can be spared, those
   * that repair it alone.
   */
  credit(finding: Finding): readonly number[] {
    const needed = this.all.filter((i) => this.breaksWithout(i, finding));
    if (needed.length > 0) return needed;
    return this.all.filter((i) => !this.breaks([this.hunks[i]], `hunk ${i}`, finding));
  }

  private needed(finding: Finding): readonly number[] {
    return this.all.filter((i) => !this.breaksWithout(i, finding));
  }

  private breaksWithout(i: number, finding: Finding): boolean {
    return this.breaks(
      this.hunks.filter((_, k) => k !== i),
      `without hunk ${i}`,
      finding,
    );
  }

  private breaks(hunks: readonly (readonly Edit[])[], name: string, finding: Finding): boolean {
    const lab = this.lab(hunks, name, finding.case);
    return same(lab.replay(finding.case, 'candidate').violation, finding.violation);
  }

  /** Laid out beside the series and the base, so that every step that a schedule names is there. */
  private lab(hunks: readonly (readonly Edit[])[], name: string, c: Case): Lab {
    const programs = new Set(c.threads.flatMap((t) => t.operations.map((o) => o.name)));
    const key = [name, ...[...programs].sort()].join(' ');
    let lab = this.labs.get(key);
    if (lab === undefined) {
      const model = { ...this.base, name, edits: [...this.base.edits, ...hunks.flat()] };
      lab = this.open(model, this.series, programs, [this.base]);
      this.labs.set(key, lab);
    }
    return lab;
  }
}

function same(a: Violation | undefined, b: Violation): boolean {
  return a !== undefined && a.kind === b.kind && a.agent === b.agent;
}
