import { insert, type Edit } from '../program/model.js';
import type { Arg, Step } from '../program/step.js';
import { listsOf, LOOP, type Anchor } from './anchors.js';
import { stands } from './elements.js';
import { isIdle } from './idle.js';
import { Obstacle, type Scene } from './scene.js';
import { isNamed, locatorOf } from './slot-edits.js';

/** The edit that puts the steps where element `index` stands, beside the nearest step that the hunk shows. */
export function insertAt(scene: Scene, index: number, steps: readonly Step[]): Edit {
  const { operation, model, elements } = scene;
  const beside = neighbour(scene, index, registersOf(steps));
  if (beside === undefined)
    throw new Obstacle('not-placeable', elements[index].change.line, whyNowhere(scene, index));
  return insert(operation.name, beside.side, locatorOf(operation, model, beside.step), steps);
}

/** What the nearest step that the hunk shows lacks to be a place. */
function whyNowhere({ operation, elements, rivals }: Scene, index: number): string {
  const near = elements
    .map((e, i) => ({ e, i }))
    .filter(({ e, i }) => e.hunk === elements[index].hunk && e.call !== undefined && rivals[i].length > 0)
    .sort((a, b) => Math.abs(a.i - index) - Math.abs(b.i - index))[0];
  if (near === undefined) return `no step of ${operation.name} that the hunk shows stands in the same block`;
  const places = rivals[near.i].length + 1;
  return (
    `the ${near.e.call!.name}() beside it could stand at ${places} places of ${operation.name}; more lines of ` +
    'context (git format-patch -U15), or --tree, tell them apart'
  );
}

interface Beside {
  readonly side: 'before' | 'after';
  readonly step: Step;
  /** Units that stand between. */
  readonly gap: number;
  /** A step of the operation that the hunk does not show could stand between too. */
  readonly hidden: boolean;
}

/**
 * A step beside which the element stands: one with nothing between them if there is one. What the hunk shows between
 * could be a step that was not recognised; then the operation may have none there either.
 */
function neighbour(scene: Scene, index: number, needed: ReadonlySet<string>): Beside | undefined {
  const [behind, ahead] = [before(scene, index)[0], after(scene, index)[0]];
  const exact = [behind, ahead].filter((b) => b?.gap === 0);
  if (exact.length === 2 && writtenAfter(scene, behind.step, needed)) return ahead;
  return exact[0] ?? [behind, ahead].find((b) => b !== undefined && !b.hidden);
}

/** A private step right behind writes what the new one reads. */
function writtenAfter(scene: Scene, step: Step, needed: ReadonlySet<string>): boolean {
  const { anchors } = scene;
  for (let k = anchors.findIndex((a) => a.step === step) + 1; k < anchors.length && !anchors[k].seen; k++) {
    const next = anchors[k].step;
    if (next.kind !== 'do') return false;
    const written = next.args.filter((_, i) => next.primitive.params[i]?.mode === 'out');
    if (written.some((a) => a.kind === 'register' && needed.has(a.name))) return true;
  }
  return false;
}

function registersOf(steps: readonly Step[]): ReadonlySet<string> {
  const names = (arg: Arg): readonly string[] => {
    if (arg.kind === 'computed') return arg.args.flatMap(names);
    return arg.kind === 'register' ? [arg.name] : [];
  };
  return new Set(steps.flatMap((s) => (s.kind === 'do' || s.kind === 'expand' ? s.args.flatMap(names) : [])));
}

function isPlace(scene: Scene, i: number, index: number): boolean {
  const { operation, model, elements, anchors, at, rivals } = scene;
  if (elements[i].hunk !== elements[index].hunk || elements[i].sign === '+' || at[i] < 0) return false;
  return isNamed(operation, model, anchors[at[i]]) && rivals[i].length === 0 && isKnownByMore(scene, i);
}

/** A condition that only a variable's name tells, and a loop, are known by what stands in them, or as the only ones. */
function isKnownByMore({ elements, anchors, at, changes }: Scene, i: number): boolean {
  const [element, anchor] = [elements[i], anchors[at[i]]];
  const shared = element.verbs.filter((v) => anchor.verbs.includes(v));
  if (element.kind !== 'test' || shared.some((v) => v !== LOOP && !v.startsWith('is '))) return true;
  const inner = elements.flatMap((e, k) =>
    at[k] >= 0 && stands(e.change, element.change) ? [anchors[at[k]]] : [],
  );
  if (inner.length > 0) return inner.every((a) => holds(anchor.step, a.expansion ?? a.step));
  if (changes[element.hunk].some((c) => c.unit.calls.length > 0 && stands(c, element.change))) return false;
  return anchors.filter((a) => a.on && a.verbs.some((v) => shared.includes(v))).length === 1;
}

function holds(step: Step, wanted: Step): boolean {
  return step === wanted || listsOf(step).some((list) => list.some((s) => holds(s, wanted)));
}

/** A loop around the anchor, and in the C around the element, that begins where the new step stands. */
function loopAround({ anchors, elements, at }: Scene, i: number, around: string): Anchor | undefined {
  const rest = elements[i].change.unit.around;
  if (!rest.startsWith(`${around} > `) || !/^(do|for|while)\b[^>]*$/.test(rest.slice(around.length + 3)))
    return undefined;
  const step = anchors[at[i]].expansion ?? anchors[at[i]].step;
  return anchors.findLast((a) => a.step.kind === 'each' && holds(a.step, step));
}

function before(scene: Scene, index: number): readonly Beside[] {
  const { elements, anchors, at } = scene;
  const block = outermost(scene, index);
  for (let i = index - 1; i >= 0 && elements[i].hunk === elements[index].hunk; i--) {
    if (!isPlace(scene, i, index)) continue;
    const gap = unitsBetween(scene, i, index);
    const around = conditionAbove(scene, i, index);
    if (around !== undefined) return [{ side: 'after', step: around.step, gap, hidden: false }];
    if (elements[i].block === block && standsAlone(anchors[at[i]]))
      return [{ side: 'after', step: verbAt(anchors[at[i]]), gap, hidden: isHidden(scene, at[i], 1) }];
    const opened = elements[i].kind === 'test' ? firstIn(scene, i, block) : undefined;
    if (opened !== undefined) return [{ side: 'before', step: opened, gap, hidden: true }];
  }
  return [];
}

function after(scene: Scene, index: number): readonly Beside[] {
  const { elements, anchors, at } = scene;
  const block = outermost(scene, index);
  for (let i = index + 1; i < elements.length && elements[i].hunk === elements[index].hunk; i++)
    if (isPlace(scene, i, index)) {
      const gap = unitsBetween(scene, index, i);
      const around = conditionAbove(scene, i, index);
      if (around !== undefined) return [{ side: 'before', step: around.step, gap, hidden: false }];
      const loop = loopAround(scene, i, elements[index].change.unit.around);
      if (loop !== undefined && isNamed(scene.operation, scene.model, loop))
        return [{ side: 'before', step: loop.step, gap, hidden: isHidden(scene, anchors.indexOf(loop), -1) }];
      if (elements[i].block !== block) continue;
      return [{ side: 'before', step: verbAt(anchors[at[i]]), gap, hidden: isHidden(scene, at[i], -1) }];
    }
  return [];
}

/**
 * The condition of the operation around element `i`, where the hunk shows that condition beside element `index`: as many
 * levels up as the C's own is, and in the block in which the other elements of that block stand.
 */
function conditionAbove(scene: Scene, i: number, index: number): Anchor | undefined {
  const { elements, anchors, at } = scene;
  const { around } = elements[index].change.unit;
  const inner = elements[i].change.unit.around;
  if (!inner.startsWith(`${around} > `)) return undefined;
  const levels = inner.slice(around.length + 3).split(' > ').length;
  const above = anchors.filter(
    (a) => a.step.kind === 'when' && a.on && holds(a.step, verbAt(anchors[at[i]])),
  );
  const found = above.at(-levels);
  if (found === undefined || !isNamed(scene.operation, scene.model, found)) return undefined;
  const beside = elements.findIndex((e, k) => e.block === elements[index].block && at[k] >= 0);
  return beside >= 0 && anchors[at[beside]].block === found.block ? found : undefined;
}

/** Units of both sides, or of the new one, between two elements. */
function unitsBetween(scene: Scene, i: number, k: number): number {
  const list = scene.changes[scene.elements[i].hunk];
  const [from, to] = [list.indexOf(scene.elements[i].change), list.indexOf(scene.elements[k].change)];
  const own = new Set(
    scene.elements.flatMap((e, n) => (e.sign === '+' || scene.at[n] >= 0 ? [e.change] : [])),
  );
  return list.slice(from + 1, to).filter((c) => c.sign !== '-' && !own.has(c) && !isIdle(c)).length;
}

/** The next step in that direction is one that the hunk does not show, so it could be what was not recognised. */
function isHidden(scene: Scene, at: number, direction: 1 | -1): boolean {
  const { anchors } = scene;
  const shown = new Set(scene.at);
  for (let k = at + direction; k >= 0 && k < anchors.length; k += direction) {
    // blocks are numbered as they begin: one with a lower number is around this one
    if (anchors[k].block < anchors[at].block || shown.has(k)) return false;
    if (anchors[k].seen) return true;
  }
  return false;
}

/** Nothing can be put behind a jump. */
function standsAlone(anchor: Anchor): boolean {
  return anchor.kind !== 'goto';
}

function verbAt(anchor: Anchor): Step {
  return anchor.expansion ?? anchor.step;
}

/** The block around the conditions that the patch adds around the element. */
function outermost(scene: Scene, index: number): string {
  const { elements } = scene;
  const self = elements[index];
  const added = elements.find(
    (e) => e.hunk === self.hunk && e.sign === '+' && e.kind === 'test' && stands(self.change, e.change),
  );
  return added === undefined ? self.block : added.block;
}

/** The first step of a condition's body, if the body is the block that is asked for. */
function firstIn(scene: Scene, index: number, block: string): Step | undefined {
  const { elements, anchors, at } = scene;
  const test = elements[index];
  const inner = elements.find((e, i) => i > index && e.block === block && e.hunk === test.hunk);
  if (
    inner === undefined ||
    inner.change.unit.around !== `${test.change.unit.around} > ${test.change.unit.text}`
  )
    return undefined;
  const { step } = anchors[at[index]];
  const list = step.kind === 'when' ? step.then : step.kind === 'each' ? step.body : [];
  return firstOwn(list);
}

function firstOwn(list: readonly Step[]): Step | undefined {
  const [first] = list;
  return first?.kind === 'branch' || first?.kind === 'inside' ? firstOwn(first.steps) : first;
}
