import { THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { MARK } from '../machine/observer.js';

/** One end of a disagreement: where a step stands, and when it ran. */
export interface Mark {
  readonly site: string;
  readonly path: string;
  readonly step: number;
}

/** Explains, never decides: the last step of each kind (see {@link MARK}) and thread, with when it ran. */
export class Marks {
  private m: Machine | undefined;
  private steps = new Int32Array(0);
  private places = new Int32Array(0);

  begin(m: Machine): void {
    this.m = m;
    const size = MARK.KINDS * m.layout.threads;
    if (this.steps.length < size) {
      this.steps = new Int32Array(size);
      this.places = new Int32Array(size);
    }
    this.steps.fill(-1);
  }

  note(m: Machine, t: number, kind: number, step: number): void {
    const i = kind * m.layout.threads + t;
    this.steps[i] = step;
    this.places[i] = m.words[m.layout.threadAt(t) + THREAD.PC];
  }

  /** The last step of that kind by the thread, or, for t -1, by whom it was; undefined when there was none. */
  of(kind: number, t: number): Mark | undefined {
    const { m } = this;
    if (m === undefined || kind < 0) return undefined;
    let i = kind * m.layout.threads + Math.max(t, 0);
    for (let u = 0; t < 0 && u < m.layout.threads; u++)
      if (this.steps[kind * m.layout.threads + u] > this.steps[i]) i = kind * m.layout.threads + u;
    if (this.steps[i] < 0) return undefined;
    const info = m.code.info(this.places[i]);
    return { site: info.site, path: info.path, step: this.steps[i] };
  }
}
