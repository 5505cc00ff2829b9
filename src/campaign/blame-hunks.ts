import type { Laboratory } from '../run/laboratory.js';
import type { Finding, Violation } from '../run/finding.js';
import type { Model } from '../program/model.js';
import type { Edit } from '../program/model.js';

type Lab = Pick<Laboratory, 'replay'>;
/** Two models ready to run. */
export type OpenLab = (candidate: Model, reference: Model) => Lab;

/** Says which hunks findings are due to. Kernels with a hunk alone, and without one, are opened once for all findings. */
export class Blame {
  private readonly alone = new Map<number, Lab>();
  private readonly without = new Map<number, Lab>();
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
    const alone = this.all.filter((i) => this.breaks(this.aloneLab(i), finding));
    return alone.length > 0 ? alone : this.all.filter((i) => !this.breaks(this.withoutLab(i), finding));
  }

  /** The hunks without which the base stays broken; of a finding that the series repairs. */
  credit(finding: Finding): readonly number[] {
    return this.all.filter((i) => this.breaks(this.withoutLab(i), finding));
  }

  private breaks(lab: Lab, finding: Finding): boolean {
    return same(lab.replay(finding.case, 'candidate').violation, finding.violation);
  }

  private aloneLab(i: number): Lab {
    return this.lab(this.alone, i, `hunk ${i}`, [this.hunks[i]]);
  }

  private withoutLab(i: number): Lab {
    const rest = this.hunks.filter((_, k) => k !== i);
    return this.lab(this.without, i, `without hunk ${i}`, rest);
  }

  /** Laid out beside the series, so that every step that a schedule names is there. */
  private lab(among: Map<number, Lab>, i: number, name: string, hunks: readonly (readonly Edit[])[]): Lab {
    let lab = among.get(i);
    if (lab === undefined) {
      const model = { ...this.base, name, edits: [...this.base.edits, ...hunks.flat()] };
      lab = this.open(model, this.series);
      among.set(i, lab);
    }
    return lab;
  }
}

function same(a: Violation | undefined, b: Violation): boolean {
  return a !== undefined && a.kind === b.kind && a.agent === b.agent;
}
