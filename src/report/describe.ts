import { FRAME, type Layout } from '../machine/layout.js';
import { describeValue } from '../machine/values.js';
import type { TraceStep } from '../run/lab.js';
import { addressText, agentName } from './names.js';
import { PageTables } from './page-tables.js';
import { WordNames, type Form } from './word-name.js';
import { bitsText, entryText, pageFlagsText, vmaText } from './word-value.js';

type WordChange = TraceStep['changes'][number];

/** One thing that a step changed, ready to be read. */
export interface Change {
  /** `pte mm0:3`. */
  readonly name: string;
  readonly form: Form | 'frame itself';
  readonly before: string;
  readonly after: string;
}

/** `pte mm0:3 none -> frame 9 rw`; what is taken, released or freed as such. */
export function changeText(c: Change): string {
  if (c.form === 'frame itself') return `${c.name} ${c.after}`;
  if (c.form === 'owner') return c.after === 'nobody' ? `${c.name} released` : `${c.name} taken`;
  if (c.form === 'readers' && c.after === 'nobody') return `${c.name} released`;
  if (c.form === 'readers' && c.before === 'nobody') return `${c.name} ${c.after}`;
  return `${c.name} ${c.before} -> ${c.after}`;
}

/** Follows a trace from its first words on and says what each step changed, in the words of the kernel. */
export class Describer {
  private readonly words: Int32Array;
  private readonly tables: PageTables;
  private readonly names: WordNames;

  constructor(
    private readonly layout: Layout,
    start: Int32Array,
  ) {
    this.words = new Int32Array(start);
    this.tables = new PageTables(layout);
    this.tables.look(this.words);
    this.names = new WordNames(layout, this.tables);
  }

  /** What the next step changed. Call once a step, in order. */
  next(step: TraceStep): readonly Change[] {
    for (const c of step.changes) this.words[c.word] = c.after;
    this.tables.look(this.words);
    const whole = new Map(step.changes.flatMap((c) => this.wholeFrame(c)));
    const out: Change[] = [...whole.values()];
    for (const c of step.changes) {
      const name = this.names.of(c.word, this.words);
      if (name === undefined || whole.has(this.frameOf(c.word))) continue;
      out.push({ ...name, before: this.value(name.form, c.before), after: this.value(name.form, c.after) });
    }
    return out;
  }

  /** A frame that was allocated or freed: the rest of its record says nothing more. */
  private wholeFrame(c: WordChange): readonly (readonly [number, Change])[] {
    const frame = this.frameOf(c.word);
    if (frame < 0 || (c.word - this.layout.frame) % FRAME.SIZE !== FRAME.KIND) return [];
    const after = c.after === 0 ? 'freed' : c.before === 0 ? 'allocated' : '';
    if (after === '') return [];
    return [[frame, { name: `frame ${frame}`, form: 'frame itself', before: '', after }]];
  }

  /** The frame that the word belongs to, -1 for none. */
  private frameOf(word: number): number {
    const { frame, file } = this.layout;
    return word >= frame && word < file ? Math.floor((word - frame) / FRAME.SIZE) : -1;
  }

  private value(form: Form, n: number): string {
    switch (form) {
      case 'entry':
        return entryText(n);
      case 'contents':
        return describeValue(n);
      case 'count':
        return String(n);
      case 'owner':
        return n === 0 ? 'nobody' : this.agent(n - 1);
      case 'readers':
        return this.holders(n);
      case 'frame':
        return n === 0 ? 'none' : `frame ${n - 1}`;
      case 'slot':
        return n === 0 ? 'none' : `slot ${n - 1}`;
      case 'table':
        return n === 0 ? 'none' : `table ${n - 1}`;
      case 'page flags':
        return pageFlagsText(n);
      case 'vma':
        return vmaText(n);
      case 'flag':
        return n === 0 ? 'no' : 'yes';
      case 'bits':
        return bitsText(n);
      case 'address':
        return n === 0 ? 'none' : addressText(n - 1, this.layout.pages);
    }
  }

  /** Who holds a reader/writer lock. */
  private holders(n: number): string {
    if (n === 0) return 'nobody';
    if (n < 0) return `written by ${this.agent(-n - 1)}`;
    const threads = Array.from({ length: this.layout.threads }, (_, t) => t);
    return `read by ${threads
      .filter((t) => (n & (1 << t)) !== 0)
      .map((t) => this.agent(t))
      .join(' and ')}`;
  }

  private agent(t: number): string {
    return agentName(t, this.layout.geometry.cpus);
  }
}
