import type { Edit, Model } from '../program/model.js';
import type { Operation } from '../program/step.js';
import { anchorsOf, isWritten, pairOf, type Anchor } from './anchors.js';
import { disorder, type Word } from './call-order.js';
import type { Element } from './elements.js';
import type { Ground } from './ground.js';

/** What every notification is called here, whatever the C writes it with. */
const NOTIFIES = 'mmu_notifier_invalidate_range';

/**
 * Whether the edited operation does in `cFunction` what the function does after the patch: it makes the calls of the
 * hunks' new side in their order, as well as it made those of the old side before; and no call has come or gone that did
 * not come or go in a hunk.
 */
export function agrees(
  elements: readonly Element[],
  operation: Operation,
  cFunction: string,
  model: Model,
  edits: readonly Edit[],
  ground: Ground,
): boolean {
  const patched = { ...model, edits: [...model.edits, ...edits] };
  const speech = new Speech(ground, model);
  const before = speech.ofAnchors(anchorsOf(operation, model, cFunction));
  const after = speech.ofAnchors(anchorsOf(operation, patched, cFunction));
  const own = new Set([...before, ...after]);
  const old = speech.ofElements(elements.flatMap((e) => (e.sign === '+' ? [] : [e]))).filter(isOf(own));
  const now = speech.ofElements(elements.flatMap(renewed)).filter(isOf(own));
  if (disorder(now, after) > disorder(old, before)) return false;
  const shown = change(texts(old), texts(now));
  const made = change(before, after);
  // where the operation has several arms for one call of the C, all of them change
  // a condition that gains or loses a part may be a jump here, and is none in the C
  const isOurs = (word: string): boolean =>
    word.startsWith('goto ') && elements.some((e) => e.part !== undefined);
  return [...new Set([...shown.keys(), ...made.keys()])].every((word) => {
    if (isOurs(word)) return true;
    const [s, m] = [shown.get(word) ?? 0, made.get(word) ?? 0];
    return Math.sign(s) === Math.sign(m) && Math.abs(m) >= Math.abs(s);
  });
}

const isOf =
  (own: ReadonlySet<string>) =>
  (word: Word): boolean =>
    own.has(word.text);
const texts = (words: readonly Word[]): readonly string[] => words.map((w) => w.text);

/** The element as it stands after the patch. */
function renewed(e: Element): readonly Element[] {
  if (e.became !== undefined) return [{ ...e, sign: ' ', verbs: [e.became.verb], call: e.became.call }];
  return e.sign === '-' ? [] : [{ ...e, sign: ' ' }];
}

/** How many more there are of each word; none that are as many. */
function change(before: readonly string[], after: readonly string[]): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const word of after) out.set(word, (out.get(word) ?? 0) + 1);
  for (const word of before) out.set(word, (out.get(word) ?? 0) - 1);
  return new Map([...out].filter(([, n]) => n !== 0));
}

/**
 * Calls in one language, whether the C writes `x_notify(…)` or `x(…)` and a notification behind it. Conditions are left
 * out: what they call is no step.
 */
class Speech {
  private readonly loud: ReadonlySet<string>;

  constructor(
    ground: Ground,
    private readonly model: Model,
  ) {
    this.loud = ground.notifying;
  }

  ofAnchors(anchors: readonly Anchor[]): readonly string[] {
    return anchors.flatMap((a) => {
      if (!a.on || a.kind === 'test') return [];
      if (a.kind === 'slot') return [NOTIFIES];
      if (a.step.kind === 'expand' && a.step.parts.some(isWritten(a.step)))
        return [pairOf(a.step.name).quiet];
      if (a.kind === 'label' || a.kind === 'goto') return [a.verbs[0]];
      return a.seen && a.verbs.length > 0 ? this.said(a.verbs[0]) : [];
    });
  }

  ofElements(elements: readonly Element[]): readonly Word[] {
    return elements
      .filter((e) => e.kind !== 'test')
      .flatMap((e) => this.said(e.verbs[0]).map((text) => ({ text, stretch: e.hunk })));
  }

  private said(verb: string): readonly string[] {
    const { loud, quiet } = pairOf(verb);
    if (!this.loud.has(loud)) return [verb];
    if (verb !== loud || (this.model.era === '6.6-' && verb.endsWith('_range_end'))) return [quiet];
    return [quiet, NOTIFIES];
  }
}
