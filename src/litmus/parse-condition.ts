import { didYouMean } from '../base/nearest.js';
import { PAGE_WORDS } from '../machine/geometry.js';
import { VERDICTS } from '../oracle/verdict.js';
import type { Case } from '../scenario/case.js';
import type { Condition, Place, Proposition, Quantifier, Verdict } from './condition.js';
import { AgentReader } from './agents.js';
import { Source, type Piece } from './source.js';

/** Parentheses in one another; nobody means more. */
const DEEPEST = 50;

/** Verdicts of one run of one model. A divergence is one of two models. */
const KINDS: readonly string[] = VERDICTS.filter((kind) => kind !== 'divergence');
const VALUE = /^(?:w[1-9]\d*|i\d+|0|nothing|none|discarding|SIGSEGV|SIGBUS|refused)$/;

export const QUANTIFIERS: Readonly<Record<string, Quantifier>> = {
  exists: 'exists',
  '~exists': 'forbid',
  forbid: 'forbid',
  forall: 'forall',
};

/** `exists (dev0.1 = w3 /\ dev0.2 = i2)`; throws BadInput with the line. */
export function parseCondition(piece: Piece, source: Source, agents: AgentReader): Condition {
  const [, word = '', rest = ''] = /^(~?\w+)([\s\S]*)$/.exec(piece.text) ?? [];
  if (!Object.hasOwn(QUANTIFIERS, word))
    source.refuse(piece.line, 'no condition; expected exists (…), forbid (…) or forall (…).');
  return {
    quantifier: QUANTIFIERS[word],
    what: new Reader({ text: rest, line: piece.line }, source, agents).whole(),
  };
}

/** The condition of a text alone, over a case; `where` names it in errors. Throws BadInput. */
export function readCondition(text: string, c: Case, where: string): Condition {
  const source = new Source(text, where);
  return parseCondition(
    { text: source.lines.join('\n').trim(), line: 1 },
    source,
    new AgentReader(source, c),
  );
}

interface Token {
  readonly text: string;
  readonly line: number;
}

class Reader {
  private readonly tokens: Token[] = [];
  private at = 0;
  private depth = 0;
  private last: number;

  constructor(
    piece: Piece,
    private readonly source: Source,
    private readonly agents: AgentReader,
  ) {
    let { line } = piece;
    for (const [text] of piece.text.matchAll(/\n|\/\\|\\\/|[()~=]|[\w.:-]+|\S/g)) {
      if (text === '\n') line++;
      else this.tokens.push({ text, line });
    }
    this.last = line;
  }

  whole(): Proposition {
    const what = this.either();
    if (this.at < this.tokens.length) this.expected('/\\, \\/ or the end of the condition');
    return what;
  }

  private either(): Proposition {
    return this.chain('or', '\\/', () => this.chain('and', '/\\', () => this.single()));
  }

  private chain(kind: 'and' | 'or', sign: string, next: () => Proposition): Proposition {
    const of = [next()];
    while (this.take(sign)) of.push(next());
    return of.length === 1 ? of[0] : { kind, of };
  }

  private single(): Proposition {
    if (++this.depth > DEEPEST)
      this.source.refuse(this.line, `more than ${DEEPEST} parentheses in one another.`);
    const what = this.operand();
    this.depth--;
    return what;
  }

  private operand(): Proposition {
    if (this.take('~')) return { kind: 'not', of: this.single() };
    if (!this.take('(')) return this.atom();
    const inner = this.either();
    if (!this.take(')')) this.expected('")"');
    return inner;
  }

  private atom(): Proposition {
    const { text } = this.next('a value, a verdict, or clean');
    if (text === 'clean') return { kind: 'clean' };
    if (this.take('=')) return { kind: 'value', place: this.place(text), value: this.value() };
    if (KINDS.includes(text)) return this.verdict(text);
    const known = ['clean', ...KINDS];
    return this.source.refuse(
      this.line,
      `"${text}" is no condition; expected clean, a verdict (${KINDS.join(', ')}), dev0.1 = VALUE, or mm0:3.0 = VALUE.${didYouMean(text, known)}`,
    );
  }

  private verdict(verdict: string): Verdict {
    const thread = this.take('by') ? this.agents.thread(this.next('an agent').text, this.line) : undefined;
    const addr = this.take('at') ? this.agents.address(this.next('an address').text, this.line) : undefined;
    return {
      kind: 'verdict',
      verdict,
      ...(thread === undefined ? {} : { thread }),
      ...(addr === undefined ? {} : { addr }),
    };
  }

  private place(text: string): Place {
    const [, address, word] = /^(mm\d+:\d+)\.(\d+)$/.exec(text) ?? [];
    if (address === undefined) return { at: 'result', ...this.agents.operation(text, this.line) };
    if (Number(word) >= PAGE_WORDS)
      this.source.refuse(this.line, `${text} is no word of memory; a page has words 0 to ${PAGE_WORDS - 1}.`);
    return { at: 'memory', addr: this.agents.address(address, this.line), word: Number(word) };
  }

  private value(): string {
    const { text } = this.next('a value');
    if (VALUE.test(text)) return text;
    return this.source.refuse(
      this.line,
      `"${text}" is no value; expected w1 (the first write), i2 (an initial value), 0, nothing, none, discarding, SIGSEGV, SIGBUS or refused.`,
    );
  }

  /** The line of the token read last. */
  private get line(): number {
    return this.tokens[Math.max(0, this.at - 1)]?.line ?? this.last;
  }

  private take(text: string): boolean {
    if (this.tokens[this.at]?.text !== text) return false;
    this.at++;
    return true;
  }

  private next(what: string): Token {
    return this.tokens[this.at++] ?? this.source.refuse(this.last, `the condition ends; expected ${what}.`);
  }

  private expected(what: string): never {
    const token = this.tokens[this.at];
    if (token === undefined) return this.source.refuse(this.last, `the condition ends; expected ${what}.`);
    return this.source.refuse(token.line, `"${token.text}" in the condition; expected ${what}.`);
  }
}
