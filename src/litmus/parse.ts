import { BadInput } from '../base/errors.js';
import type { Callable } from '../program/callable.js';
import type { Case, Segment } from '../scenario/case.js';
import { checkCase } from '../scenario/check-case.js';
import { AgentReader } from './agents.js';
import { Cursor } from './cursor.js';
import { readJson, shortened } from './extras.js';
import type { LitmusBounds, LitmusTest } from './litmus-test.js';
import { parseCondition, QUANTIFIERS } from './parse-condition.js';
import { parseSchedule, ThreadReader, type NoteLine } from './parse-threads.js';
import { parseWorld } from './parse-world.js';
import { Source, splitOutsideQuotes, type Piece } from './source.js';

const SECTION = /^(schedule|models|bounds|finding|~?exists|forbid|forall)\b/;
/** The same limits as on the command line. */
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  preemptions: [0, 60],
  states: [1000, 200_000_000],
};
const NAME = /^shootdown\s+(\S{1,200})$/;

type Check = (c: Case, callables: readonly Callable[]) => void;

/**
 * Reads the text of a litmus file; `where` names it in errors. The case is checked (scenario/check-case).
 * Throws {@link BadInput}: one sentence with the line.
 */
export function parseLitmus(
  text: string,
  where: string,
  callables: readonly Callable[],
  check: Check = checkCase,
): LitmusTest {
  return new Parser(new Source(text, where), callables, check).read();
}

class Parser {
  private readonly cursor: Cursor;
  private readonly lines = new Map<string, number>();
  private readonly note: NoteLine = (field, line) => void this.lines.set(field, line);
  private models: readonly string[] = [];
  private bounds: LitmusBounds = {};
  private finding: string | undefined;
  private schedule: readonly Segment[] = [];

  constructor(
    private readonly source: Source,
    private readonly callables: readonly Callable[],
    private readonly checkOf: Check,
  ) {
    this.cursor = new Cursor(source);
  }

  read(): LitmusTest {
    const name = this.name();
    const about = this.cursor.peek()?.text.startsWith('"') === true ? this.about() : '';
    const { c, extras } = this.start();
    const agents = new AgentReader(this.source, c);
    let condition: Piece | undefined;
    while (condition === undefined) condition = this.section(c);
    const whole = { ...c, schedule: this.schedule, ...extras };
    this.check(whole);
    return {
      name,
      about,
      case: whole,
      models: this.models,
      bounds: this.bounds,
      condition: parseCondition(condition, this.source, agents),
      ...(this.finding === undefined ? {} : { finding: this.finding }),
    };
  }

  private name(): string {
    const { text, line } = this.cursor.line('"shootdown" and a name');
    return (
      NAME.exec(text)?.[1] ??
      this.source.refuse(line, `"${shortened(text)}" begins no litmus file; expected "shootdown" and a name.`)
    );
  }

  private about(): string {
    const { text, line } = this.cursor.prose();
    return readJson(text, line, this.source) as string;
  }

  /** The initial world, and the programs. */
  private start(): { c: Omit<Case, 'schedule'>; extras: object } {
    const open = this.cursor.peek();
    if (open?.text.startsWith('{') !== true)
      this.source.refuse(open?.line ?? this.source.lines.length, 'expected "{" and the initial world.');
    const { world, hardware, extras, lines } = parseWorld(this.cursor.block(/^\{/), this.source);
    lines.forEach((line, field) => this.note(field, line));
    const rows: Piece[] = [];
    for (let row = this.cursor.peek(); row !== undefined && !SECTION.test(row.text); row = this.cursor.peek())
      rows.push(this.cursor.line('a row'));
    if (rows.length === 0)
      this.source.refuse(
        this.cursor.peek()?.line ?? this.source.lines.length,
        'expected a table with a column a thread, as in cpu0@mm0 | dev0@mm0 ;',
      );
    const threads = new ThreadReader(this.source, world, this.callables, this.note).read(rows);
    return { c: { world, hardware, threads }, extras };
  }

  /** Reads one section; the condition, which is the last one, is handed out. */
  private section(c: Omit<Case, 'schedule'>): Piece | undefined {
    const next = this.cursor.peek();
    const word = SECTION.exec(next?.text ?? '')?.[1];
    if (next === undefined || word === undefined)
      return this.source.refuse(
        next?.line ?? this.source.lines.length,
        `${next === undefined ? 'the file ends' : `"${shortened(next.text)}"`}; expected schedule, models, bounds, finding, or a condition: exists (…), forbid (…) or forall (…).`,
      );
    if (word in QUANTIFIERS) return this.cursor.rest();
    if (word === 'schedule') {
      const block = this.cursor.block(/^schedule\s*\{/);
      this.schedule = parseSchedule(block, this.source, c, this.note);
      return undefined;
    }
    const { text, line } = this.cursor.line(word);
    const rest = { text: text.slice(word.length).trim(), line };
    if (word === 'models') this.models = this.modelsOf(rest);
    else if (word === 'bounds') this.bounds = this.boundsOf(rest);
    else {
      const finding = readJson(rest.text, line, this.source);
      if (typeof finding !== 'object' || finding === null || Array.isArray(finding))
        this.source.refuse(
          line,
          'the finding is no object; expected what "shootdown litmus --from-json" wrote.',
        );
      this.finding = rest.text;
    }
    return undefined;
  }

  private modelsOf(piece: Piece): readonly string[] {
    return splitOutsideQuotes(piece, ',').map(({ text, line }) => {
      if (text === '') this.source.refuse(line, 'expected names of models with commas between them.');
      return text.startsWith('"') ? String(readJson(text, line, this.source)) : text;
    });
  }

  private boundsOf(piece: Piece): LitmusBounds {
    const pairs = piece.text.split(',').map((text) => {
      const [, name = '', value] = /^\s*(preemptions|states)\s+(\d{1,9})\s*$/.exec(text) ?? [];
      const n = Number(value);
      const range = BOUNDS[name] as readonly [number, number] | undefined;
      if (range === undefined || n < range[0] || n > range[1])
        this.source.refuse(
          piece.line,
          `"${shortened(text.trim())}" is no bound; expected preemptions N (0 to 60) or states N (1000 to 200000000).`,
        );
      return [name, n] as const;
    });
    return Object.fromEntries(pairs);
  }

  /** What the checks of a case refuse is said with the line of the field. */
  private check(c: Case): void {
    try {
      this.checkOf(c, this.callables);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      const named = [...this.lines.keys()].filter((field) => error.message.includes(field));
      const nearest = named.sort((a, b) => b.length - a.length)[0] as string | undefined;
      this.source.refuse(nearest === undefined ? 1 : this.lines.get(nearest)!, error.message);
    }
  }
}
