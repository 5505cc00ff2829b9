import type { Arg } from '../program/step.js';
import type { Token } from './c-tokens.js';
import type { Unit } from './c-units.js';

/** `x = value`, also where x is declared with it, or written through a pointer that the caller gave. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  /** A type stands before the name. */
  readonly declares: boolean;
}

/** The assignment that a statement is; undefined for members, elements of arrays and `x += y`. */
export function assignmentOf({ kind, tokens }: Unit): Assignment | undefined {
  const at = tokens.findIndex((t) => t.text === '=');
  if (kind !== 'statement' || at < 1 || at === tokens.length - 1) return undefined;
  const [name, ...before] = tokens.slice(0, at).reverse();
  if (name.kind !== 'word' || before.some((t) => t.kind !== 'word' && t.text !== '*')) return undefined;
  const value = tokens.slice(at + 1);
  if (value.some((t) => t.text === '=' || t.text === ',') && !isOneValue(value)) return undefined;
  return {
    name: name.text,
    value: value.map((t) => t.text).join(' '),
    declares: before.some((t) => t.kind === 'word'),
  };
}

/** No other declaration follows, and no other assignment. */
function isOneValue(value: readonly Token[]): boolean {
  let depth = 0;
  return value.every(({ text }) => {
    if (text === '(') depth++;
    if (text === ')') depth--;
    return text !== '=' && (text !== ',' || depth > 0);
  });
}

/** Another name for a value: nothing is called, and nothing is read through a pointer. */
export function isAlias({ value }: Assignment): boolean {
  return !/\w \(|^\*|[(,&|=+-] \*/.test(value);
}

/** Nothing: what a variable of an operation begins with. */
export function isNothing(value: string): boolean {
  return /^(0|false|NULL)$/.test(value);
}

/** The same value: the same number, or made with the same words (`hints`: those of the text that values are made with). */
export function sameValue(text: string, arg: Arg | undefined, hints: readonly string[]): boolean {
  const plain = isNothing(text) ? '0' : text === 'true' ? '1' : text;
  if (/^-?\d+$/.test(plain)) return arg?.kind === 'constant' && String(arg.value) === plain;
  const own = new Set(hints);
  const its = new Set(arg === undefined ? [] : namesIn(arg));
  return own.size === its.size && [...own].every((word) => its.has(word));
}

function namesIn(arg: Arg): readonly string[] {
  return arg.kind === 'computed' ? [arg.primitive.name, ...arg.args.flatMap(namesIn)] : [];
}
