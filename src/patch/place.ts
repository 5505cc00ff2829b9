import type { Edit, Model } from '../program/model.js';
import type { Operation } from '../program/step.js';
import { align } from './align.js';
import { anchorsOf } from './anchors.js';
import { Arguments } from './arguments.js';
import { assignmentOf, isAlias } from './assignments.js';
import { conclude, type Outcome } from './conclude.js';
import { definedName } from './c-units.js';
import type { Element } from './elements.js';
import type { Ground } from './ground.js';
import { Obstacle, type Scene } from './scene.js';
import { located, whyNameless } from './nameless.js';
import { leftoverOf, short } from './leftovers.js';
import type { PlacedHunk } from './placement.js';
import { counts, type Entry, type Group, type Piece, type Reading } from './reading.js';
import { agrees } from './self-check.js';
import { verbOf } from './spelling.js';
import type { Change } from './changes.js';
import { editsOf } from './translate.js';

export interface PatchPlacement {
  readonly hunks: readonly PlacedHunk[];
  readonly edits: readonly Edit[];
  readonly score: number;
  /** The fit of the patch read backwards: higher when it is applied already. */
  readonly reverse: number;
  /** Lines of the old side that are steps of the model. */
  readonly matched: number;
}

type Outcomes = Map<Entry, Outcome[]>;

/** Places the hunks of one patch in the operations of `model`. */
export function placePatch(reading: Reading, index: number, model: Model, ground: Ground): PatchPlacement {
  const outcomes: Outcomes = new Map(reading.entries.map((entry) => [entry, []]));
  const fit = { score: 0, reverse: 0, matched: 0 };
  const redeclared = redeclaredIn(reading);
  for (const group of located(reading.groups, model, ground)) {
    const holders = ground.holding(group.cFunction);
    if (holders.length === 0)
      for (const piece of group.pieces) failUnknown(piece, group, model, outcomes, ground);
    for (const operation of holders) {
      const { score, reverse, matched, found } = placeGroup(group, operation, model, ground, redeclared);
      fit.score += score;
      fit.reverse += reverse;
      fit.matched += matched;
      checked(found, group, operation, model, ground).forEach((list, i) =>
        outcomes.get(group.pieces[i].entry)!.push(...list),
      );
    }
  }
  const hunks = reading.entries.map((entry) => conclude(entry, outcomes.get(entry)!, index, reading.renames));
  return { ...fit, hunks, edits: hunks.flatMap((h) => h.edits) };
}

function placeGroup(
  { cFunction, pieces, elements, shown: changes, whole }: Group,
  operation: Operation,
  model: Model,
  ground: Ground,
  redeclared: ReadonlySet<string>,
): Omit<PatchPlacement, 'hunks' | 'edits'> & { readonly found: readonly (readonly Outcome[])[] } {
  const anchors = anchorsOf(operation, model, cFunction);
  const alignment = align(elements, anchors);
  const args = new Arguments(operation);
  elements.forEach((e, i) => {
    if (e.call !== undefined && alignment.at[i] >= 0 && e.sign !== '+')
      args.learn(e.call, anchors[alignment.at[i]]);
  });
  for (const change of changes.flat()) {
    const own = assignmentOf(change.unit);
    if (own?.declares === true && isAlias(own)) args.declare(own.name, own.value);
  }
  const { operations } = ground;
  const { at, rivals } = alignment;
  const scene = {
    operation,
    operations,
    model,
    anchors,
    elements,
    at,
    rivals,
    args,
    changes,
    whole,
    redeclared,
  };
  const found = pieces.map((piece, i) => translate(piece, i, scene, ground));
  const matched = elements.filter((e, i) => e.sign !== '+' && at[i] >= 0).length;
  return { score: alignment.score, reverse: align(elements.map(backwards), anchors).score, matched, found };
}

function redeclaredIn({ entries }: Reading): ReadonlySet<string> {
  const heads = entries.flatMap((e) => e.changes).filter((c) => c.sign !== ' ' && c.unit.calls.length === 0);
  return new Set(heads.flatMap((c) => definedName(c.unit.tokens) ?? []));
}

/** What was placed is kept only if the function then does what it does after the patch: a place is never a guess. */
function checked(
  found: readonly (readonly Outcome[])[],
  { elements, cFunction, pieces }: Group,
  operation: Operation,
  model: Model,
  ground: Ground,
): readonly (readonly Outcome[])[] {
  const all = found.flat();
  if (all.some((o) => o.verdict !== 'placed')) return found; // said already that something is missing
  const edits = all.flatMap((o) => o.edits);
  if (edits.length === 0 || agrees(elements, operation, cFunction, model, edits, ground)) return found;
  const why = `with the hunk as edits, the model of ${operation.name} would not make the calls that the hunk shows`;
  return found.map((list, i) => {
    const lacks = modelledCall(pieces[i].changes, ground);
    return list.map((o) => ({ ...o, verdict: 'not-placeable', why, edits: [], lacks }));
  });
}

function backwards(e: Element): Element {
  if (e.became !== undefined)
    return { ...e, verbs: [e.became.verb], call: e.became.call, became: { verb: e.verbs[0], call: e.call! } };
  return e.sign === ' ' ? e : { ...e, conditional: false, sign: e.sign === '-' ? '+' : '-' };
}

/** What a piece changes in a function that no operation stands for. */
function failUnknown(
  { entry, changes }: Piece,
  group: Group,
  model: Model,
  outcomes: Outcomes,
  ground: Ground,
): void {
  const { cFunction } = group;
  const change = changes.find(counts);
  if (change === undefined) return;
  const what = `"${short(change.unit.text)}"`;
  outcomes.get(entry)!.push({
    verdict: cFunction === '' ? 'not-placeable' : 'not-modelled',
    line: change.line,
    why:
      cFunction === ''
        ? `${what} ${whyNameless(group, model, ground)}`
        : `no operation models ${cFunction}(), where ${what} changes`,
    function: cFunction,
    edits: [],
    lacks: modelledCall(changes, ground),
  });
}

/** The first call among the changes that is a verb of the model, or an operation. */
function modelledCall(changes: readonly Change[], ground: Ground): string | undefined {
  const calls = changes.filter(counts).flatMap((c) => c.unit.calls);
  return calls.find((c) => ground.isModelled(verbOf(c.name, ground.known)))?.name;
}

function translate(piece: Piece, index: number, scene: Scene, ground: Ground): readonly Outcome[] {
  const name = scene.operation.name;
  const outcomes: Outcome[] = [];
  const edits: Edit[] = [];
  scene.elements.forEach((element, i) => {
    if (element.piece !== index) return;
    try {
      edits.push(...editsOf(scene, i));
    } catch (error) {
      if (!(error instanceof Obstacle)) throw error;
      const { verdict, line, why } = error;
      const lacks = modelledCall([element.change], ground);
      outcomes.push({ verdict, line, why, function: name, edits: [], lacks });
    }
  });
  const own = scene.elements.filter((e) => e.piece === index);
  const left = leftoverOf(piece.changes, own);
  if (left !== undefined) {
    const lacks = modelledCall(
      piece.changes.filter((c) => c.line === left.line),
      ground,
    );
    outcomes.push({ verdict: 'not-modelled', ...left, function: name, edits: [], lacks });
  }
  const line = piece.changes.find(counts)?.line ?? piece.entry.hunk.line;
  if (edits.length > 0) outcomes.push({ verdict: 'placed', line, why: '', function: name, edits });
  return outcomes;
}
