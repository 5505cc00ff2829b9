import type { Token } from './c-tokens.js';
import { callsIn } from './c-units.js';
import { plainOf, type Sides, type SideUnit } from './sides.js';

/** A function that a hunk adds, or removes, as a whole. */
interface Definition {
  readonly name: string;
  readonly head: SideUnit;
  readonly body: readonly SideUnit[];
  readonly hunk: number;
}

/** A function that moved and changed on the way: both bodies, and the hunk that has the new one. */
export interface MovedFunction {
  readonly name: string;
  readonly hunk: number;
  readonly sides: Sides;
}

export interface Tidied {
  readonly sides: readonly Sides[];
  readonly moved: readonly MovedFunction[];
}

/**
 * Takes out of the hunks what only stands elsewhere now: functions that moved as they are, those that moved and changed
 * (they are compared on their own), and helpers that were split off or folded in, whose bodies are laid out at their
 * calls. `isModelled` functions are never laid out: they are steps.
 */
export function tidy(hunks: readonly Sides[], isModelled: (name: string) => boolean): Tidied {
  const removed = hunks.flatMap((h, i) => definitionsIn(h.before, i));
  const added = hunks.flatMap((h, i) => definitionsIn(h.after, i));
  const moved: MovedFunction[] = [];
  const gone = new Set<SideUnit>();
  for (const a of added) {
    const r = removed.find((d) => d.name === a.name);
    if (r === undefined) continue;
    for (const unit of [r.head, ...r.body, a.head, ...a.body]) gone.add(unit);
    const sides = { before: rebased(r), after: rebased(a) };
    if (textOf(sides.before) !== textOf(sides.after)) moved.push({ name: a.name, hunk: a.hunk, sides });
  }
  const helpers = (list: readonly Definition[]): readonly Definition[] =>
    list.filter((d) => !gone.has(d.head) && !isModelled(d.name) && canBeLaidOut(d));
  const [folded, split] = [helpers(removed), helpers(added)];
  const sides = hunks.map(({ before, after }) => ({
    before: layOut(
      before.filter((u) => !gone.has(u)),
      folded,
    ),
    after: layOut(
      after.filter((u) => !gone.has(u)),
      split,
    ),
  }));
  return { sides: sides.map((s) => withoutCalled(s, sides, folded, split)), moved };
}

function definitionsIn(side: readonly SideUnit[], hunk: number): readonly Definition[] {
  return side.flatMap((head, i) => {
    if (head.kind !== 'function' || !head.changed) return [];
    const body = bodyAfter(side, i);
    const name = body[0]?.inside ?? nameOf(head);
    return body.every((u) => u.changed) ? [{ name, head, body, hunk }] : [];
  });
}

function bodyAfter(side: readonly SideUnit[], i: number): readonly SideUnit[] {
  const rest = side.slice(i + 1);
  const end = rest.findIndex((u) => u.inside === undefined || u.kind === 'function');
  return end < 0 ? rest : rest.slice(0, end);
}

function nameOf(head: SideUnit): string {
  const open = head.tokens.findIndex((t) => t.text === '(');
  return head.tokens[open - 1].text;
}

/** The body as if nothing stood around the function. */
function rebased({ head, body }: Definition): readonly SideUnit[] {
  return body.map((u) => {
    const around = `0${u.around.slice(`${head.around} > `.length)}`;
    return { ...u, around, plain: plainOf({ ...u, around }) };
  });
}

function textOf(body: readonly SideUnit[]): string {
  return body.map((u) => `${u.around} | ${u.text}`).join('\n');
}

function canBeLaidOut({ body }: Definition): boolean {
  return body.length > 0 && body.every((u) => u.kind !== 'exit' && u.kind !== 'label' && u.kind !== 'goto');
}

/** Each changed statement that is nothing but a call of a helper becomes what the helper does. */
function layOut(side: readonly SideUnit[], helpers: readonly Definition[]): readonly SideUnit[] {
  return side.flatMap((unit, i) => {
    const helper = helpers.find((d) => d.head !== unit && isCallOf(unit, d.name));
    return helper === undefined ? [unit] : instance(helper, unit, i);
  });
}

function isCallOf(unit: SideUnit, name: string): boolean {
  const [call] = unit.calls;
  return (
    unit.changed && unit.kind === 'statement' && call?.name === name && unit.text.startsWith(`${name} ( `)
  );
}

function instance(helper: Definition, at: SideUnit, index: number): readonly SideUnit[] {
  const params = paramsOf(helper.head);
  const values = new Map(params.map((p, i) => [p, at.calls[0].args[i] ?? p]));
  return helper.body.map((u) => {
    const tokens = u.tokens.flatMap((t) => substituted(t, values));
    const tail = u.around.slice(`${helper.head.around} > `.length);
    const unit = {
      ...at,
      kind: u.kind,
      tokens,
      calls: u.kind === 'directive' ? [] : callsIn(tokens),
      text: tokens.map((t) => t.text).join(' '),
      around: at.around + tail,
      block: tail === '' ? at.block : 1000 * (index + 1) + u.block,
    };
    return { ...unit, plain: plainOf(unit) };
  });
}

function substituted(token: Token, values: ReadonlyMap<string, string>): readonly Token[] {
  const value = token.kind === 'word' ? values.get(token.text) : undefined;
  return value === undefined
    ? [token]
    : value.split(' ').map((text) => ({ ...token, kind: kindOf(text), text }));
}

function kindOf(text: string): Token['kind'] {
  if (/^[A-Za-z_]/.test(text)) return 'word';
  return /^\d/.test(text) ? 'number' : 'sign';
}

/** `(struct page *page, unsigned long addr)`: page, addr. */
function paramsOf(head: SideUnit): readonly string[] {
  const open = head.tokens.findIndex((t) => t.text === '(');
  return head.tokens
    .slice(open + 1)
    .filter((t, i, rest) => t.kind === 'word' && [',', ')'].includes(rest[i + 1]?.text ?? ''))
    .map((t) => t.text);
}

/** Helpers that the patch calls have been laid out; their definitions change nothing more. */
function withoutCalled(
  own: Sides,
  all: readonly Sides[],
  folded: readonly Definition[],
  split: readonly Definition[],
): Sides {
  const rest = (side: 'before' | 'after', helpers: readonly Definition[]): readonly SideUnit[] => {
    const done = helpers.filter(
      (d) => !all.some((s) => s[side].some((u) => u.calls.some((c) => c.name === d.name))),
    );
    const units = new Set<SideUnit>(done.flatMap((d) => [d.head, ...d.body]));
    return own[side].filter((u) => !units.has(u));
  };
  return { before: rest('before', folded), after: rest('after', split) };
}
