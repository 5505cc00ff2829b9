import { BadInput } from '../base/errors.js';
import { linesOf } from './listing-lines.js';
import { StepReader } from './step-reader.js';
import type { Operation, Register } from './step.js';
import type { Vocabulary } from './vocabulary.js';

/**
 * Reads the text form of an operation back (program/listing). Calls find their operations, and steps their verbs, in
 * `words`. Throws {@link BadInput} that names the line.
 */
export function parseListing(text: string, words: Vocabulary): Operation {
  const [head = '', ...rest] = text.split('\n');
  const [name, from, version] = head.split(/\s{2,}/);
  if (name === undefined || from === undefined || version === undefined)
    throw new BadInput(
      `Line 1 of a listing is "${head}"; expected "name  file  version", two spaces between them.`,
    );
  const blank = rest.findIndex((line) => line.trim() === '');
  const header = blank < 0 ? rest : rest.slice(0, blank);
  const rows = new Map<string, readonly Register[]>();
  header.forEach((line, i) => rows.set(...registerRow(line, i + 2)));
  const [takes = [], gives = [], locals = []] = ['takes', 'gives', 'locals'].map((row) => rows.get(row));
  const body = rest.slice(header.length);
  const marked = body.findIndex((line) => /^[-+]/.test(line));
  if (marked >= 0)
    throw new BadInput(
      `Line ${marked + header.length + 2} is marked "${body[marked].charAt(0)}"; a listing with edits laid over it is not read back.`,
    );
  const reader = new StepReader(words, [...takes, ...gives, ...locals]);
  return { name, from, version, takes, gives, locals, steps: reader.steps(linesOf(body, header.length + 2)) };
}

function registerRow(line: string, number: number): [string, readonly Register[]] {
  const [, row, names] = /^(takes|gives|locals)\s+(\S.*)$/.exec(line) ?? [];
  if (row === undefined || names === undefined)
    throw new BadInput(
      `Line ${number} of a listing is "${line}"; expected takes, gives or locals with names.`,
    );
  return [row, names.split(/\s*,\s*/).map((name) => ({ kind: 'register', name }))];
}
