import { LOOP, pairOf } from './anchors.js';
import { assignmentOf, isNothing } from './assignments.js';
import type { Token } from './c-tokens.js';
import type { CCall, Unit } from './c-units.js';
import type { Change } from './changes.js';
import { turnOf, type ConditionPart } from './conditions.js';
import type { Ground } from './ground.js';
import { isInert } from './idle.js';
import { verbOf } from './spelling.js';

/**
 * A piece of a hunk that could be a step of an operation: a call of a verb, a condition, a label, a jump, a variable that
 * is set (its `call` has the value as its argument). `block` tells
 * apart the braces in which elements of one hunk stand. Of a call that another replaces, `became` is that other one.
 */
export interface Element {
  readonly kind: 'call' | 'test' | 'label' | 'goto' | 'let';
  readonly sign: ' ' | '-' | '+';
  readonly verbs: readonly string[];
  /** Names that its arguments, or its condition, are made with. */
  readonly hints: readonly string[];
  readonly call?: CCall;
  /** A part that its condition loses, or gains. */
  readonly part?: ConditionPart;
  readonly became?: { readonly verb: string; readonly call: CCall };
  /** Added together with a condition around it. */
  readonly conditional: boolean;
  readonly change: Change;
  readonly hunk: number;
  /** Index, among the pieces of its function, of the one that it belongs to. */
  readonly piece: number;
  readonly block: string;
}

/**
 * The elements of one hunk's units, those that were replaced paired with what they became. `pieceOf` says which piece a
 * change belongs to.
 */
export function elementsOf(
  changes: readonly Change[],
  hunk: number,
  ground: Ground,
  pieceOf: (change: Change) => number = () => hunk,
): readonly Element[] {
  const blocks = new Map<string, string>();
  for (const c of changes) if (c.after !== undefined) blocks.set(`+${c.after.block}`, `-${c.unit.block}`);
  const blockOf = (c: Change): string =>
    c.sign === '+' ? (blocks.get(`+${c.unit.block}`) ?? `+${c.unit.block}`) : `-${c.unit.block}`;
  const tests = changes.filter((c) => c.sign === '+' && c.unit.kind === 'test');
  const all = changes.flatMap((c) => {
    const conditional = c.sign === '+' && tests.some((t) => stands(c, t));
    return elementsIn(
      c,
      { sign: c.sign, change: c, hunk, piece: pieceOf(c), block: blockOf(c), conditional },
      ground,
    );
  });
  return runsOf(all).flatMap(paired);
}

/** The unit stands under the condition. */
export function stands(inner: Change, test: Change): boolean {
  return `${inner.unit.around} > `.startsWith(`${test.unit.around} > ${test.unit.text} > `);
}

type Shared = Pick<Element, 'sign' | 'change' | 'hunk' | 'piece' | 'block' | 'conditional'>;

function elementsIn(change: Change, shared: Shared, ground: Ground): readonly Element[] {
  const { unit, turned } = change;
  if (change.idle === true || isInert(unit)) return [];
  const { known, words } = ground;
  const [first] = unit.tokens;
  const turn = turned === undefined ? undefined : turnOf(unit, turned);
  if (turn !== undefined) {
    const part = (sign: Element['sign'], own: ConditionPart): Element => ({
      ...shared,
      ...askedIn(own.tokens, ground),
      kind: 'test',
      sign,
      part: own,
    });
    return [
      ...turn.kept.map((tokens): Element => ({ ...shared, ...askedIn(tokens, ground), kind: 'test' })),
      ...turn.lost.map((p) => part('-', p)),
      ...turn.won.map((p) => part('+', p)),
    ];
  }
  switch (unit.kind) {
    case 'label':
      return [{ ...shared, kind: 'label', verbs: [`label ${first.text}`], hints: [] }];
    case 'goto':
      return [{ ...shared, kind: 'goto', verbs: [`goto ${unit.tokens[1]?.text ?? ''}`], hints: [] }];
    case 'test': {
      const asked = askedIn(unit.tokens, ground);
      const isLoop = /^(for|while)$|for_each|foreach/.test(first.text);
      const [verbs, hints] = [isLoop ? [...asked.verbs, LOOP] : asked.verbs, asked.hints];
      // a new test of a variable may be one that the operation has elsewhere, around the same calls
      return verbs.length + hints.length === 0 && shared.sign !== '+'
        ? []
        : [{ ...shared, kind: 'test', verbs, hints }];
    }
    default: {
      const calls = unit.calls
        .map((call) => ({ call, verb: verbOf(call.name, known) }))
        .filter(({ verb }) => known.has(verb))
        .map(({ call, verb }) => ({
          ...shared,
          kind: 'call' as const,
          verbs: [verb],
          call,
          hints: hintsOf(call, words),
        }));
      const read = calls.length > 0 ? undefined : readIn(unit, known);
      if (read !== undefined)
        return [{ ...shared, kind: 'call', verbs: [read.verb], call: read.call, hints: [] }];
      return calls.length > 0 ? calls : letsOf(unit, shared, { known, words });
    }
  }
}

/** `entry = *pmd`: a page-table entry is read. */
function readIn(
  unit: Unit,
  known: ReadonlySet<string>,
): { readonly verb: string; readonly call: CCall } | undefined {
  const [, pointer, kind] = /^\* ((?:\w+ -> )*\w*?(pte|pmd)p?)$/.exec(assignmentOf(unit)?.value ?? '') ?? [];
  const verb = kind === 'pmd' ? 'pmdp_get' : 'ptep_get';
  if (pointer === undefined || !known.has(verb)) return undefined;
  return { verb, call: { name: '*', args: [pointer], nested: false, at: unit.at } };
}

/** A variable that the operations set by this name; they begin with nothing in it. */
function letsOf(
  unit: Unit,
  shared: Shared,
  { known, words }: Pick<Ground, 'known' | 'words'>,
): readonly Element[] {
  const own = assignmentOf(unit);
  if (own === undefined || !known.has(`let ${own.name}`)) return [];
  if (own.declares && isNothing(own.value)) return [];
  const call = { name: own.name, args: [own.value], nested: false, at: unit.at };
  return [{ ...shared, kind: 'let', verbs: [`let ${own.name}`], hints: hintsOf(call, words), call }];
}

/** What a condition asks: verbs, and names that values are made with. */
function askedIn(tokens: readonly Token[], { known, words }: Ground): Pick<Element, 'verbs' | 'hints'> {
  const all = new Set(tokens.filter((t) => t.kind === 'word').map((t) => verbOf(t.text, known)));
  const asked = variablesIn(tokens).map((name) => `is ${name}`);
  return {
    verbs: [...all, ...asked].filter((w) => known.has(w)),
    hints: [...all].filter((w) => words.has(w)),
  };
}

/** Variables that a condition asks; not members, not what is called, nor with what. */
function variablesIn(tokens: readonly Token[]): readonly string[] {
  const out = new Set<string>();
  let [depth, called] = [0, -1];
  tokens.forEach((t, i) => {
    const before = tokens[i - 1];
    if (t.text === '(') {
      if (called < 0 && before?.kind === 'word' && !/^(if|while|(un)?likely)$/.test(before.text))
        called = depth;
      depth++;
    } else if (t.text === ')') {
      depth--;
      if (depth === called) called = -1;
    } else if (
      t.kind === 'word' &&
      called < 0 &&
      tokens[i + 1]?.text !== '(' &&
      !/^(->|\.)$/.test(before?.text ?? '')
    )
      out.add(t.text);
  });
  return [...out];
}

/** Names in the arguments that values are made with. */
function hintsOf(call: CCall, words: ReadonlySet<string>): readonly string[] {
  return call.args.flatMap((arg) => arg.split(' ')).filter((word) => words.has(word));
}

/** Stretches of changed elements, and of unchanged ones. */
function runsOf(all: readonly Element[]): readonly (readonly Element[])[] {
  const runs: Element[][] = [];
  for (const e of all) {
    const last = runs[runs.length - 1];
    if (last !== undefined && (last[0].sign === ' ') === (e.sign === ' ')) last.push(e);
    else runs.push([e]);
  }
  return runs;
}

/** In a changed stretch, a removed call and an added one of the same kind in the same place are one call that changed. */
function paired(run: readonly Element[]): readonly Element[] {
  const gone = new Set<Element>();
  const out: Element[] = [];
  for (const e of run) {
    if (e.sign !== '-' || e.kind !== 'call') {
      out.push(e);
      continue;
    }
    const other = run.find((x) => x.sign === '+' && x.kind === 'call' && !gone.has(x) && replaces(x, e));
    if (other?.call === undefined) {
      out.push(e);
      continue;
    }
    gone.add(other);
    out.push({ ...e, became: { verb: other.verbs[0], call: other.call } });
  }
  return out.filter((e) => !gone.has(e));
}

function replaces(added: Element, removed: Element): boolean {
  return (
    pairOf(added.verbs[0]).quiet === pairOf(removed.verbs[0]).quiet &&
    added.change.unit.around === removed.change.unit.around
  );
}
