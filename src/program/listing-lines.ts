import { BadInput } from '../base/errors.js';

/** One line of a listing with what is indented beneath it. */
export interface Line {
  /** 1-based line number in the whole text, for errors. */
  readonly number: number;
  readonly text: string;
  readonly beneath: readonly Line[];
}

/** Columns before the steps: mark, number, plus, two spaces. */
const GUTTER = 8;

/** Lines as a tree by their indentation of two spaces; `first` is the number of the first one. */
export function linesOf(lines: readonly string[], first: number): readonly Line[] {
  return nest(lines, first, GUTTER);
}

/** The same for text without step numbers. */
export function plainLinesOf(lines: readonly string[], first: number): readonly Line[] {
  return nest(lines, first, 0);
}

interface Growing extends Line {
  readonly depth: number;
  readonly beneath: Growing[];
}

function nest(lines: readonly string[], first: number, gutter: number): readonly Line[] {
  const top: Growing[] = [];
  const open: Growing[] = [];
  lines.forEach((raw, i) => {
    if (raw.trim() === '') return;
    const rest = raw.slice(gutter);
    const text = rest.trim();
    const depth = (rest.length - rest.trimStart().length) / 2;
    while (open.length > 0 && open.at(-1)!.depth >= depth) open.pop();
    const line: Growing = {
      number: first + i,

      text,
      depth,
      beneath: [],
    };
    const above = open.at(-1);
    if (!Number.isInteger(depth) || depth !== (above === undefined ? 0 : above.depth + 1))
      throw new BadInput(`Line ${line.number} ("${text}") is indented wrongly; expected two spaces a level.`);
    (above === undefined ? top : above.beneath).push(line);
    open.push(line);
  });
  return top;
}
