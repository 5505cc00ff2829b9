import { BadInput } from '../base/errors.js';
import { didYouMean } from '../base/nearest.js';

/** Readers of untrusted data. `at` names the field in messages, e.g. `threads[1].mm`; all throw BadInput. */

const LONGEST_SHOWN = 60;

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

export function refuse(at: string, value: unknown, expected: string): never {
  throw new BadInput(`${at} is ${shown(value)}; expected ${expected}.`);
}

/** An object with exactly these fields; those of `more` may be left out. */
export function readRecord(
  value: unknown,
  at: string,
  names: readonly string[],
  more: readonly string[] = [],
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse(at, value, `an object with ${names.join(', ')}`);
  for (const name of Object.keys(value)) {
    if (!names.includes(name) && !more.includes(name))
      throw new BadInput(
        `${at} has an unknown field "${name}"; expected ${names.join(', ')}.${didYouMean(name, names)}`,
      );
  }
  for (const name of names) {
    if (!Object.hasOwn(value, name))
      throw new BadInput(`${at} lacks the field ${name}; expected ${names.join(', ')}.`);
  }
  return value as Record<string, unknown>;
}

export function readList(
  value: unknown,
  at: string,
  lo: number,
  hi: number,
  what: string,
): readonly unknown[] {
  const size = lo === hi ? String(lo) : `${lo} to ${hi}`;
  if (!Array.isArray(value)) refuse(at, value, `a list of ${size} ${what}`);
  if (value.length < lo || value.length > hi)
    throw new BadInput(`${at} has ${value.length} ${what}; expected ${size}.`);
  return value;
}

export function readInteger(value: unknown, at: string, lo: number, hi: number, what = ''): number {
  if (!Number.isInteger(value) || (value as number) < lo || (value as number) > hi) {
    const range = lo === hi ? String(lo) : `an integer from ${lo} to ${hi}`;
    refuse(at, value, hi < lo ? `nothing: there is no ${what}` : range + (what === '' ? '' : ` (${what})`));
  }
  return value as number;
}

export function readBoolean(value: unknown, at: string): boolean {
  if (typeof value !== 'boolean') refuse(at, value, 'true or false');
  return value;
}

export function readText(value: unknown, at: string, longest: number): string {
  if (typeof value !== 'string' || value.length > longest)
    refuse(at, value, `a text of at most ${longest} characters`);
  return value;
}

/** One of `names`; the nearest is suggested. */
export function readName<T extends string>(value: unknown, at: string, names: readonly T[]): T {
  const found = names.find((n) => n === value);
  if (found !== undefined) return found;
  const expected = names.length === 0 ? 'nothing here' : `one of ${names.join(', ')}`;
  const hint = typeof value === 'string' ? didYouMean(value, names) : '';
  throw new BadInput(`${at} is ${shown(value)}; expected ${expected}.${hint}`);
}
