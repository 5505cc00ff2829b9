import type { Extras } from './litmus-test.js';
import type { Piece, Source } from './source.js';

/** JSON of a litmus file; throws BadInput with the line. */
export function readJson(text: string, line: number, source: Source): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return source.refuse(line, `${shortened(text)} is not JSON.`);
  }
}

/** Splits off ` with {…}` at the end. */
export function splitExtras(piece: Piece, source: Source): { text: string; extras: Extras } {
  for (const found of piece.text.matchAll(/"(?:[^"\\]|\\.)*"|\swith(?=\s*\{)/g)) {
    if (found[0].startsWith('"')) continue;
    const json = piece.text.slice(found.index + found[0].length);
    const text = piece.text.slice(0, found.index).trimEnd();
    return { text, extras: readJson(json, piece.line, source) as Extras };
  }
  return { text: piece.text, extras: {} };
}

/** At most so much of a text as a message should show. */
export function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
