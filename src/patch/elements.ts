import { pairOf } from './anchors.js';
import type { CCall } from './c-units.js';
import type { Change } from './changes.js';
import type { Ground } from './ground.js';
import { isInert } from './idle.js';
import { verbOf } from './spelling.js';

/**
 * A piece of a hunk that could be a step of an operation: a call of a verb, a condition, a label, a jump. `block` tells
 * apart the braces in which elements of one hunk stand. Of a call that another replaces, `became` is that other one.
 */
export interface Element {
  readonly kind: 'call' | 'test' | 'label' | 'goto';
  readonly sign: ' ' | '-' | '+';
  readonly verbs: readonly string[];
  /** Names that its arguments, or its condition, are made with. */
  readonly hints: readonly string[];
  readonly call?: CCall;
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

function elementsIn(change: Change, shared: Shared, { known, words }: Ground): readonly Element[] {
  const { unit } = change;
  if (change.idle === true || isInert(unit)) return [];
  const [first] = unit.tokens;
  switch (unit.kind) {
    case 'label':
      return [{ ...shared, kind: 'label', verbs: [`label ${first.text}`], hints: [] }];
    case 'goto':
      return [{ ...shared, kind: 'goto', verbs: [`goto ${unit.tokens[1]?.text ?? ''}`], hints: [] }];
    case 'test': {
      const all = new Set(unit.tokens.filter((t) => t.kind === 'word').map((t) => verbOf(t.text, known)));
      const verbs = [...all].filter((w) => known.has(w));
      const hints = [...all].filter((w) => words.has(w));
      // a new test of a variable may be one that the operation has elsewhere, around the same calls
      return hints.length === 0 && shared.sign !== '+' ? [] : [{ ...shared, kind: 'test', verbs, hints }];
    }
    default:
      return unit.calls
        .map((call) => ({ call, verb: verbOf(call.name, known) }))
        .filter(({ verb }) => known.has(verb))
        .map(({ call, verb }) => ({
          ...shared,
          kind: 'call',
          verbs: [verb],
          call,
          hints: hintsOf(call, words),
        }));
  }
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
