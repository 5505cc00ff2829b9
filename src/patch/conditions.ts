import type { Token } from './c-tokens.js';
import { plainOf, type SideUnit } from './sides.js';

/** A part of a condition that another joins with `by`: `pte_dirty(pte)` in `pte_present(pte) && pte_dirty(pte)`. */
export interface ConditionPart {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly by: '&&' | '||';
}

/** What a condition lost, what it gained and what it kept; undefined when the two are not joined alike. */
export interface Turn {
  readonly kept: readonly (readonly Token[])[];
  readonly lost: readonly ConditionPart[];
  readonly won: readonly ConditionPart[];
}

/**
 * The new side with each condition that changed, while what stands under it stays, written as the old one; and what each
 * of those was. Then the body is the same on both sides.
 */
export function unturned(
  before: readonly SideUnit[],
  after: readonly SideUnit[],
): { readonly after: readonly SideUnit[]; readonly turns: ReadonlyMap<SideUnit, SideUnit> } {
  const turns = new Map<SideUnit, SideUnit>();
  const out = [...after];
  for (let i = 0; i < out.length; i++) {
    const now = out[i];
    if (now.kind !== 'test' || !now.changed) continue;
    const old = oldOf(now, out[i + 1], before);
    if (old === undefined) continue;
    const heads = [`${now.around} > ${now.text}`, `${now.around} > else of ${now.text}`];
    for (let k = i + 1; k < out.length; k++) {
      const head = heads.find((h) => isUnder(out[k], h));
      if (head === undefined) break;
      const around = head.slice(0, -now.text.length) + old.text + out[k].around.slice(head.length);
      out[k] = replain({ ...out[k], around });
    }
    out[i] = replain({ ...now, text: old.text, tokens: old.tokens, calls: old.calls });
    turns.set(out[i], now);
  }
  return { after: out, turns };
}

function replain(unit: SideUnit): SideUnit {
  return { ...unit, plain: plainOf(unit) };
}

function isUnder(unit: SideUnit, head: string): boolean {
  return `${unit.around} > `.startsWith(`${head} > `);
}

/** The condition under which the same line stood before. */
function oldOf(
  now: SideUnit,
  first: SideUnit | undefined,
  before: readonly SideUnit[],
): SideUnit | undefined {
  if (first === undefined || first.changed || !isUnder(first, `${now.around} > ${now.text}`))
    return undefined;
  const at = before.findIndex((u) => u.line === first.line && u.text === first.text && !u.changed);
  const old = at < 1 ? undefined : before[at - 1];
  const fits =
    old?.kind === 'test' && old.changed && old.around === now.around && old.plain.text !== now.plain.text;
  return fits && isUnder(before[at], `${old.around} > ${old.text}`) ? old : undefined;
}

/** Compares two conditions part by part. */
export function turnOf(old: SideUnit, now: SideUnit): Turn | undefined {
  const [a, b] = [partsOf(old.tokens), partsOf(now.tokens)];
  if (a === undefined || b === undefined) return undefined;
  const by = a.by ?? b.by;
  if (by === undefined || (b.by !== undefined && b.by !== by)) return undefined;
  const less = (
    x: readonly (readonly Token[])[],
    y: readonly (readonly Token[])[],
  ): readonly ConditionPart[] =>
    x
      .filter((p) => !y.some((q) => textOf(p) === textOf(q)))
      .map((tokens) => ({ text: textOf(tokens), tokens, by }));
  const kept = a.parts.filter((p) => b.parts.some((q) => textOf(p) === textOf(q)));
  if (kept.length === 0) return undefined;
  return { kept, lost: less(a.parts, b.parts), won: less(b.parts, a.parts) };
}

interface Parts {
  readonly parts: readonly (readonly Token[])[];
  readonly by?: '&&' | '||';
}

/** `if (a && b)`: a, b; what `unlikely` says is not heard. */
function partsOf(tokens: readonly Token[]): Parts | undefined {
  if (tokens[0]?.text !== 'if' || tokens[1]?.text !== '(') return undefined;
  let inner = tokens.slice(2, -1);
  while (inner.length > 1 && /^(un)?likely$/.test(inner[0].text) && closes(inner, 1))
    inner = inner.slice(2, -1);
  while (inner.length > 0 && inner[0].text === '(' && closes(inner, 0)) inner = inner.slice(1, -1);
  for (const by of ['||', '&&'] as const) {
    const parts = split(inner, by);
    if (parts.length > 1) return { parts, by };
  }
  return { parts: [inner] };
}

/** The bracket at `from` is closed by the last token. */
function closes(tokens: readonly Token[], from: number): boolean {
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    if (tokens[i].text === '(') depth++;
    if (tokens[i].text === ')' && --depth === 0) return i === tokens.length - 1;
  }
  return false;
}

function split(tokens: readonly Token[], by: string): readonly (readonly Token[])[] {
  const out: Token[][] = [[]];
  let depth = 0;
  for (const t of tokens) {
    if (t.text === '(') depth++;
    if (t.text === ')') depth--;
    if (depth === 0 && t.text === by) out.push([]);
    else out[out.length - 1].push(t);
  }
  return out;
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map((t) => t.text).join(' ');
}
