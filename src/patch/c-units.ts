import type { Token } from './c-tokens.js';

/** A call as it is written; `args` are token texts joined by a blank. `nested`: an argument or condition of another. */
export interface CCall {
  readonly name: string;
  readonly args: readonly string[];
  readonly nested: boolean;
  readonly at: number;
}

/**
 * A statement, a condition, a label: what a hunk changes. `block` says in which braces it stands and `around` what is
 * written before them, as far as the hunk shows; `up` is how many braces that it does not show have closed before.
 */
export interface Unit {
  readonly kind: 'statement' | 'test' | 'label' | 'goto' | 'exit' | 'directive' | 'function' | 'data';
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly calls: readonly CCall[];
  readonly block: number;
  readonly around: string;
  /** The function whose definition the hunk shows around it. */
  readonly inside?: string;
  readonly at: number;
}

interface Frame {
  readonly header: string;
  readonly brace: boolean;
  readonly block: number;
  readonly names?: string;
}

/** No C is nested deeper: braces, and calls in arguments of calls. What is, is not looked at. */
const DEEPEST = 100;
const DEEPEST_CALL = 20;

const CONTROL = new Set(['if', 'for', 'while', 'switch']);
const EXIT = new Set(['return', 'break', 'continue']);
const NOT_CALLED = new Set([
  ...CONTROL,
  ...EXIT,
  'sizeof',
  'typeof',
  'defined',
  '__attribute__',
  'do',
  'else',
]);

/** Splits the tokens of a piece of C into units; the piece may begin and end anywhere. */
export function unitsOf(tokens: readonly Token[]): readonly Unit[] {
  return new Splitter(tokens).units();
}

class Splitter {
  private readonly out: Unit[] = [];
  private readonly frames: Frame[] = [];
  private at = 0;
  private blocks = 0;
  private up = 0;
  private base = 0;
  /** What the `if` before an `else` was. */
  private closed = '?';

  constructor(private readonly tokens: readonly Token[]) {}

  units(): readonly Unit[] {
    while (this.at < this.tokens.length) this.next();
    return this.out;
  }

  private next(): void {
    const token = this.tokens[this.at];
    if (token.kind === 'directive') this.plain('directive', 1);
    else if (token.text === '}') this.close();
    else if (token.text === '{') this.open('', true);
    else if (token.text === ';') this.skip();
    else if (token.text === 'else') this.otherwise();
    else if (token.text === 'do') this.enter('do');
    else if (CONTROL.has(token.text) || this.isLoop()) this.control();
    else if (this.isLabel()) this.label();
    else this.statement();
  }

  private skip(): void {
    this.at++;
    this.popSingles();
  }

  private otherwise(): void {
    this.enter(`else of ${this.closed}`);
  }

  /** A keyword after which a block or one statement stands. */
  private enter(header: string): void {
    this.at++;
    this.open(header, this.tokens[this.at]?.text === '{');
  }

  private open(header: string, brace: boolean, names?: string): void {
    if (this.frames.length >= DEEPEST) this.frames.pop();
    this.frames.push({ header, brace, block: ++this.blocks, ...(names === undefined ? {} : { names }) });
    if (brace) this.at++;
  }

  private close(): void {
    this.at++;
    while (this.frames.length > 0 && !this.frames[this.frames.length - 1].brace) this.frames.pop();
    const frame = this.frames.pop();
    if (frame === undefined) {
      this.up++;
      this.base = ++this.blocks;
      this.closed = '?';
      return;
    }
    this.closed = frame.header;
    if (this.tokens[this.at]?.text === ';') this.at++;
    this.popSingles();
  }

  /** The one statement after `if (…)` has ended; an `else` that follows belongs to it. */
  private popSingles(): void {
    while (this.frames.length > 0 && !this.frames[this.frames.length - 1].brace) {
      this.closed = this.frames.pop()!.header;
      if (this.tokens[this.at]?.text === 'else') return;
    }
  }

  /** `list_for_each_entry(…) {` and its like. */
  private isLoop(): boolean {
    return /for_each|foreach/.test(this.tokens[this.at].text) && this.tokens[this.at + 1]?.text === '(';
  }

  private control(): void {
    const from = this.at;
    const end = this.tokens[from + 1]?.text === '(' ? matching(this.tokens, from + 1) : from;
    this.plain('test', end - from + 1);
    const header = this.out[this.out.length - 1].text;
    if (this.tokens[this.at]?.text === ';') {
      this.skip(); // the end of do … while, or a loop without a body
      return;
    }
    if (this.at < this.tokens.length) this.open(header, this.tokens[this.at].text === '{');
  }

  private isLabel(): boolean {
    const [a, b, c] = [0, 1, 2].map((i) => this.tokens[this.at + i]);
    if (a.text === 'case') return true;
    return a.kind === 'word' && b?.text === ':' && c?.text !== ':';
  }

  private label(): void {
    let end = this.at + 1;
    while (end < this.tokens.length && this.tokens[end].text !== ':') end++;
    this.plain('label', end - this.at + 1);
  }

  private statement(): void {
    let end = this.at;
    let depth = 0;
    for (; end < this.tokens.length; end++) {
      const { text, kind } = this.tokens[end];
      if (kind === 'directive' && end > this.at) break;
      if (text === '(' || text === '[') depth++;
      else if (text === ')' || text === ']') depth--;
      else if (depth <= 0 && (text === ';' || text === '}')) break;
      else if (depth <= 0 && text === '{') {
        if (this.opens(end)) return;
        end = Math.min(matching(this.tokens, end), this.tokens.length - 1);
      } else if (depth > 0 && text === ';') break; // the rest of a `for (` that the hunk does not show whole
    }
    const first = this.tokens[this.at].text;
    this.plain(first === 'goto' ? 'goto' : EXIT.has(first) ? 'exit' : 'statement', end - this.at);
    if (this.tokens[this.at]?.text === ';') this.skip();
  }

  /** The brace at `end` begins a function or the body of a type; else it begins an initialiser. */
  private opens(end: number): boolean {
    const head = this.tokens.slice(this.at, end);
    if (head.some((t) => t.text === '=')) return false;
    const name = definedName(head);
    this.plain(name === undefined ? 'data' : 'function', head.length);
    this.open(name === undefined ? 'data' : '', true, name);
    return true;
  }

  private plain(kind: Unit['kind'], count: number): void {
    const tokens = this.tokens.slice(this.at, this.at + count);
    const inner = this.frames[this.frames.length - 1];
    const inside = this.frames.findLast((f) => f.names !== undefined)?.names;
    if (tokens.length > 0)
      this.out.push({
        kind,
        text: tokens.map((t) => t.text).join(' '),
        tokens,
        calls: kind === 'function' || kind === 'directive' ? [] : callsIn(tokens),
        block: inner?.block ?? this.base,
        around: [String(this.up), ...this.frames.map((f) => f.header)].join(' > '),
        ...(inside === undefined ? {} : { inside }),
        at: tokens[0].at,
      });
    this.at += Math.max(count, 1);
  }
}

/** Index of the bracket that closes the one at `from`, or the last token. */
function matching(tokens: readonly Token[], from: number): number {
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    if ('([{'.includes(tokens[i].text)) depth++;
    else if (')]}'.includes(tokens[i].text) && --depth === 0) return i;
  }
  return tokens.length - 1;
}

/** The name in `static bool name(struct page *page)`, undefined if the tokens define no function. */
export function definedName(head: readonly Token[]): string | undefined {
  const open = head.findIndex((t) => t.text === '(');
  if (open < 1 || head[open - 1].kind !== 'word' || matching(head, open) !== head.length - 1)
    return undefined;
  return NOT_CALLED.has(head[open - 1].text) ? undefined : head[open - 1].text;
}

/** Calls of a unit in the order in which they begin. */
export function callsIn(tokens: readonly Token[]): readonly CCall[] {
  const out: CCall[] = [];
  let around: readonly number[] = []; // where the calls around this one end
  tokens.forEach((token, i) => {
    if (token.kind !== 'word' || tokens[i + 1]?.text !== '(' || NOT_CALLED.has(token.text)) return;
    around = around.filter((end) => end > i);
    if (isDeclared(tokens, i) || around.length >= DEEPEST_CALL) return;
    const end = matching(tokens, i + 1);
    out.push({
      name: token.text,
      args: argsOf(tokens.slice(i + 2, end)),
      nested: around.length > 0,
      at: token.at,
    });
    around = [...around, end];
  });
  return out;
}

/** `void name(…)`: a declaration, no call. */
function isDeclared(tokens: readonly Token[], i: number): boolean {
  const before = tokens[i - 1];
  if (before?.kind === 'word') return !NOT_CALLED.has(before.text);
  return before?.text === '*' && tokens[i - 2]?.kind === 'word' && tokens[i - 3]?.text === 'struct';
}

function argsOf(tokens: readonly Token[]): readonly string[] {
  const out: string[][] = [[]];
  let depth = 0;
  for (const { text } of tokens) {
    if ('([{'.includes(text)) depth++;
    if (')]}'.includes(text)) depth--;
    if (text === ',' && depth === 0) out.push([]);
    else out[out.length - 1].push(text);
  }
  return tokens.length === 0 ? [] : out.map((words) => words.join(' '));
}
