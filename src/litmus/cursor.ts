import type { Piece, Source } from './source.js';

/** Lines that a quoted text can go over. */
const MOST_PROSE = 200;

/** Where the parser stands in a litmus file: before a line. */
export class Cursor {
  private at = 0;

  constructor(readonly source: Source) {}

  /** The next line that is not blank, without what surrounds it; undefined at the end. */
  peek(): Piece | undefined {
    const { lines } = this.source;
    while (this.at < lines.length && lines[this.at].trim() === '') this.at++;
    return this.at < lines.length ? { text: lines[this.at].trim(), line: this.at + 1 } : undefined;
  }

  /** The same, and the parser goes on behind it. */
  line(expected: string): Piece {
    const piece =
      this.peek() ?? this.source.refuse(this.source.lines.length, `the file ends; expected ${expected}.`);
    this.at++;
    return piece;
  }

  /** Everything up to the end. */
  rest(): Piece {
    const line = this.peek()?.line ?? this.source.lines.length;
    this.at = this.source.lines.length;
    return { text: this.source.lines.slice(line - 1).join('\n'), line };
  }

  /** A text in quotes that may go over lines: a line break and the blanks after it are one space. */
  prose(): Piece {
    const { text, line } = this.line('a quoted text');
    let all = text;
    for (let taken = 0; !/^"(?:[^"\\]|\\.)*"$/.test(all); taken++) {
      const next = this.source.lines[this.at++] as string | undefined;
      if (next === undefined || taken === MOST_PROSE)
        return this.source.refuse(line, 'the text that begins here does not end with a quote and its line.');
      all += ` ${next.trim()}`;
    }
    return { text: all, line };
  }

  /** What stands between a `{` that ends what `head` matches, and its `}`. */
  block(head: RegExp): Piece {
    const { text: first, line } = this.line('"{"');
    const begin = head.exec(first)?.[0].length;
    if (begin === undefined) this.source.refuse(line, 'expected "{" on this line.');
    const taken = [first.slice(begin)];
    let open = 1 + balance(taken[0]);
    while (open > 0) {
      const next = this.source.lines[this.at++] as string | undefined;
      if (next === undefined)
        return this.source.refuse(line, 'the block that begins here does not end; expected "}".');
      taken.push(next.trimEnd());
      open += balance(next);
    }
    const text = taken.join('\n');
    if (!text.endsWith('}')) this.source.refuse(line + taken.length - 1, 'expected nothing behind "}".');
    return { text: text.slice(0, -1), line };
  }
}

/** Braces that the line opens and does not close, those in quotes aside. */
function balance(line: string): number {
  let open = 0;
  for (const [token] of line.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open++;
    if (token === '}') open--;
  }
  return open;
}
