import { assignmentOf, isAlias } from './assignments.js';
import type { Unit } from './c-units.js';
import type { Change } from './changes.js';
import type { Element } from './elements.js';
import { isIdle } from './idle.js';

/**
 * The first thing that a hunk changes and the model says nothing of, as a sentence; undefined when all that is changed
 * is either an element or harmless (a declaration, an include).
 */
export function leftoverOf(
  changes: readonly Change[],
  elements: readonly Element[],
): { readonly line: number; readonly why: string } | undefined {
  for (const change of changes) {
    if (change.turned !== undefined && !elements.some((e) => e.change === change && e.part !== undefined))
      return { line: change.turned.line, why: `"${short(change.turned.text)}" is not in the model` };
    if (change.sign === ' ' || isIdle(change)) continue;
    const own = elements.filter((e) => e.change === change);
    const why = complaint(change, own, changes, elements);
    if (why !== undefined) return { line: change.line, why };
  }
  return undefined;
}

function complaint(
  change: Change,
  own: readonly Element[],
  changes: readonly Change[],
  elements: readonly Element[],
): string | undefined {
  const { unit, sign } = change;
  if (unit.kind === 'label' || unit.kind === 'goto') return undefined; // always elements
  if (own.length === 0 && wasReplaced(change, elements)) return undefined; // judged with what it replaces
  if (own.length === 0 && isRedeclared(change, changes)) return undefined;
  if (own.length === 0)
    return isVoid(change, changes) ? undefined : `"${short(unit.text)}" is not in the model${reasonOf(unit)}`;
  const unknown = unit.calls.find((c) => !c.nested && !own.some((e) => e.call === c));
  if (unit.kind !== 'test' && unknown !== undefined && own.some((e) => e.call?.nested === true))
    return `${unknown.name}() is not in the model`;
  const became = own.filter((e) => e.became !== undefined);
  if (sign === '-' && became.length > 0) return restOf(change, became, changes);
  return undefined;
}

/** What the kernel does with a call, where it is known why no operation has it. */
const UNMODELLED: Readonly<Record<string, string>> = {
  tlb_remove_table_sync_one: 'walks without locks end before the flush of their mm returns',
};

function reasonOf(unit: Unit): string {
  const known = unit.calls.find((c) => Object.hasOwn(UNMODELLED, c.name));
  return known === undefined ? '' : `: there ${UNMODELLED[known.name]}`;
}

/** A variable with the same value is declared with another type. */
function isRedeclared(change: Change, changes: readonly Change[]): boolean {
  const own = assignmentOf(change.unit);
  if (own?.declares !== true || !isAlias(own)) return false;
  return changes.some((c) => {
    const other = c.sign === ' ' || c.sign === change.sign ? undefined : assignmentOf(c.unit);
    return other?.declares === true && other.name === own.name && other.value === own.value;
  });
}

/** The unit is what a removed one became. */
function wasReplaced(change: Change, elements: readonly Element[]): boolean {
  return change.sign === '+' && change.unit.calls.some((c) => elements.some((e) => e.became?.call === c));
}

/** A condition that goes with all that stands in it changes nothing more than that. */
function isVoid(change: Change, changes: readonly Change[]): boolean {
  if (change.unit.kind !== 'test' || change.sign !== '-') return false;
  // it is moved: what is put in its new place is judged
  if (changes.some((c) => c.sign === '+' && c.unit.kind === 'test' && c.unit.text === change.unit.text))
    return true;
  return !changes.some((c) => c.sign === '+' && (c.unit.calls.length > 0 || c.unit.kind === 'test'));
}

/** What else a statement does must be the same on both sides. */
function restOf(change: Change, became: readonly Element[], changes: readonly Change[]): string | undefined {
  const after = changes.find(
    (c) => c.sign === '+' && c.unit.calls.some((x) => became.some((e) => e.became?.call === x)),
  );
  if (after === undefined) return undefined;
  const before = without(
    change.unit,
    became.map((e) => e.call!),
  );
  const now = without(
    after.unit,
    became.map((e) => e.became!.call),
  );
  return before === now ? undefined : `"${short(after.unit.text)}" does something else with the result`;
}

function without(
  unit: Unit,
  calls: readonly { readonly name: string; readonly args: readonly string[] }[],
): string {
  return calls.reduce((text, c) => {
    const args = c.args.length === 0 ? '( )' : `( ${c.args.join(' , ')} )`;
    return text.replace(`${c.name} ${args}`, '#');
  }, unit.text);
}

export function short(text: string): string {
  const plain = text.replace(/ (?=[;,)\]])|(?<=[([!]) | (?=\()|(?<=->) | (?=->)/g, '');
  return plain.length > 70 ? `${plain.slice(0, 67)}...` : plain;
}
