import { BadInput } from '../base/errors.js';

/** A part of a text, and the line that it begins on, from 1. */
export interface Piece {
  readonly text: string;
  readonly line: number;
}

/**
 * The text of a litmus file as the parser reads it: comments `(* … *)` are blanks, quoted texts are left as they are.
 * Throws {@link BadInput} with the line for what does not end.
 */
export class Source {
  readonly lines: readonly string[];

  /** `where` names the file in errors. */
  constructor(
    text: string,
    private readonly where: string,
  ) {
    this.lines = this.withoutComments(text).split(/\r?\n/);
  }

  refuse(line: number, what: string): never {
    throw new BadInput(`${this.where}, line ${line}: ${what}`);
  }

  private withoutComments(text: string): string {
    let out = '';
    for (let i = 0; i < text.length;) {
      if (text[i] === '"') {
        const end = quoteEnd(text, i);
        if (end < 0) this.refuse(lineAt(text, i), 'a quoted text begins and does not end.');
        out += text.slice(i, end);
        i = end;
      } else if (text.startsWith('(*', i)) {
        const end = text.indexOf('*)', i + 2);
        if (end < 0) this.refuse(lineAt(text, i), 'a comment begins and does not end; expected "*)".');
        out += text.slice(i, end + 2).replace(/[^\n]/g, ' ');
        i = end + 2;
      } else out += text[i++];
    }
    return out;
  }
}

/** One past the quote that ends the text quoted from `from` on; -1 without one. */
function quoteEnd(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return -1;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** Parts of the text between separators that stand outside quotes; the last one is what follows the last separator. */
export function splitOutsideQuotes(piece: Piece, separator: string): readonly Piece[] {
  const { text } = piece;
  const parts: Piece[] = [];
  let begin = 0;
  let { line } = piece;
  const take = (end: number): void => {
    const part = text.slice(begin, end);
    const lead = part.slice(0, part.length - part.trimStart().length);
    parts.push({ text: part.trim(), line: line + newlines(lead) });
    line += newlines(part);
  };
  for (let i = 0; i < text.length; i++) {
    const end = text[i] === '"' ? quoteEnd(text, i) : -1;
    if (end > 0) i = end - 1;
    else if (text[i] === separator) {
      take(i);
      begin = i + 1;
    }
  }
  take(text.length);
  return parts;
}

const newlines = (text: string): number => text.split('\n').length - 1;
