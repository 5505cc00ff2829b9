import { didYouMean } from '../base/nearest.js';
import type { ArgKind, Callable } from '../program/callable.js';
import { agentName } from '../report/names.js';
import type { Case, OperationCall, Segment, SubscriberKind, ThreadProgram, World } from '../scenario/case.js';
import { AgentReader } from './agents.js';
import { readJson, shortened, splitExtras } from './extras.js';
import { splitOutsideQuotes, type Piece, type Source } from './source.js';

/** Notes on which line a field of the case stands. */
export type NoteLine = (field: string, line: number) => void;

/** Reads the table: a head and a column a thread. Throws BadInput with the line. */
export class ThreadReader {
  private readonly agents: AgentReader;
  private readonly kinds: ReadonlyMap<string, Callable>;

  constructor(
    private readonly source: Source,
    world: World,
    callables: readonly Callable[],
    private readonly note: NoteLine,
  ) {
    this.agents = new AgentReader(source, { world, threads: [] });
    this.kinds = new Map(callables.map((c) => [c.operation.name, c]));
  }

  read(rows: readonly Piece[]): readonly ThreadProgram[] {
    const [head, ...body] = rows.map((row) => this.cells(row));
    const threads = head.map((cell, t) => this.head(cell, t));
    const cpus = threads.filter((thread) => thread.kind === 'cpu').length;
    threads.forEach(({ agent }, t) => {
      if (agent !== agentName(t, cpus))
        this.source.refuse(
          rows[0].line,
          `the column ${agent} stands where ${agentName(t, cpus)} is expected.`,
        );
    });
    body.forEach((cells, row) =>
      this.row(
        cells,
        row,
        threads.map((x) => x.operations),
        rows[row + 1].line,
      ),
    );
    return threads.map(({ kind, mm, subscriber, operations, extras }) => ({
      kind,
      mm,
      ...(subscriber === undefined ? {} : { subscriber }),
      operations,
      ...extras,
    }));
  }

  private row(cells: readonly Piece[], row: number, columns: readonly OperationCall[][], line: number): void {
    if (cells.length !== columns.length)
      this.source.refuse(
        line,
        `the row has ${cells.length} columns; expected ${columns.length}, one a thread.`,
      );
    cells.forEach((cell, t) => {
      if (cell.text === '') return;
      if (columns[t].length < row)
        this.source.refuse(line, `a cell above "${shortened(cell.text)}" is empty.`);
      this.note(`threads[${t}].operations[${row}]`, line);
      columns[t].push(this.call(cell));
    });
  }

  private cells(row: Piece): readonly Piece[] {
    if (!row.text.endsWith(';')) this.source.refuse(row.line, 'a row of the table ends with ";".');
    return splitOutsideQuotes({ ...row, text: row.text.slice(0, -1) }, '|');
  }

  /** `dev0@mm1 kvm`: CPUs first, both counted from 0. */
  private head(cell: Piece, t: number) {
    const { text, extras } = splitExtras(cell, this.source);
    const [, name = '', number, mm, subscriber] = /^(cpu|dev)(\d+)@mm(\d+)(?:\s+([\w-]+))?$/.exec(text) ?? [];
    if (name === '')
      this.source.refuse(
        cell.line,
        `"${shortened(text)}" heads no column; expected cpu0@mm0, or dev0@mm0 and its kind of subscriber.`,
      );
    this.note(`threads[${t}]`, cell.line);
    const operations: OperationCall[] = [];
    const kind: ThreadProgram['kind'] = name === 'cpu' ? 'cpu' : 'device';
    const agent = `${name}${Number(number)}`;
    return {
      agent,
      kind,
      mm: Number(mm),
      subscriber: subscriber as SubscriberKind | undefined,
      operations,
      extras,
    };
  }

  private call(cell: Piece): OperationCall {
    const { text, extras } = splitExtras(cell, this.source);
    const [, name = '', args = '', choices] = /^(\w+)\(([^()]*)\)(?:\s*\[([^\]]*)\])?$/.exec(text) ?? [];
    const known = this.kinds.get(name);
    if (name === '')
      this.source.refuse(
        cell.line,
        `"${shortened(text)}" is no call; expected name(arguments), with [choices] perhaps.`,
      );
    if (known === undefined)
      return this.source.refuse(
        cell.line,
        `no operation ${name} can be called; see "shootdown list operations".${didYouMean(name, [...this.kinds.keys()])}`,
      );
    const values = words(args).map((arg, i) => this.arg(arg, known.args[i], cell.line));
    if (values.length !== known.args.length)
      this.source.refuse(
        cell.line,
        `${name} has ${values.length} arguments; expected ${known.args.length} (${known.args.join(', ')}).`,
      );
    return { name, args: values, choices: words(choices ?? ''), ...extras };
  }

  private arg(text: string, kind: ArgKind | undefined, line: number): number {
    switch (kind) {
      case 'addr':
      case 'any-addr':
      case 'pmd':
      case 'own-pmd':
        return this.agents.address(text, line);
      case 'mm':
      case 'other-mm':
        return this.numbered('mm', text, line);
      case 'device':
        return this.numbered('device', text, line);
      default:
        return this.numbered('', text, line);
    }
  }

  private numbered(word: string, text: string, line: number): number {
    const digits = text.startsWith(word) ? text.slice(word.length) : '';
    if (/^\d{1,9}$/.test(digits)) return Number(digits);
    return this.source.refuse(
      line,
      `the argument "${shortened(text)}" is not ${word === '' ? 'a number' : `${word} and its number`}.`,
    );
  }
}

const words = (list: string): string[] =>
  list.trim() === '' ? [] : list.split(',').map((word) => word.trim());

/** Reads `dev0.0; cpu0.0 before "user_write:3 …" 2;`. Throws BadInput with the line. */
export function parseSchedule(
  block: Piece,
  source: Source,
  c: Pick<Case, 'world' | 'threads'>,
  note: NoteLine,
): readonly Segment[] {
  const agents = new AgentReader(source, c);
  const statements = splitOutsideQuotes(block, ';').filter((piece) => piece.text !== '');
  return statements.map((piece, i) => {
    const { text, extras } = splitExtras(piece, source);
    const [, who = '', path, times] =
      /^([\w.]+)(?:\s+end|\s+before\s+("(?:[^"\\]|\\.)*"))?(?:\s+(\d+))?$/.exec(text) ?? [];
    if (who === '')
      source.refuse(
        piece.line,
        `"${shortened(text)}" is no segment; expected dev0.1, or cpu0.0 before "STEP".`,
      );
    note(`schedule[${i}]`, piece.line);
    const { thread, operation } = agents.operation(who, piece.line, 1);
    const point = path === undefined ? '' : (readJson(path, piece.line, source) as string);
    return { thread, operation, path: point, occurrence: Number(times ?? 1), ...extras };
  });
}
