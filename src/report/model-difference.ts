import { calleeOf, placed, type Placed } from '../program/locate.js';
import type { Model } from '../program/model.js';
import type { Operation } from '../program/step.js';
import { unionOf } from '../program/union.js';

/** A step that one of two kernels runs and the other does not. */
export interface Difference {
  readonly operation: string;
  /** As paths name it: `wp_page_copy:9 ptep_clear_flush_notify.notify`; `9+` for a step put in beside it. */
  readonly place: string;
  /** The notification slot that it is. */
  readonly slot?: string;
  readonly runs: 'candidate' | 'reference';
}

const CANDIDATE = 1;
const REFERENCE = 2;

/** The steps in which two kernels differ, in the order of the operations' texts. */
export function differencesOf(
  operations: readonly Operation[],
  candidate: Model,
  reference: Model,
): readonly Difference[] {
  return operations.flatMap((operation) => {
    const union = unionOf(operation, [candidate, reference]);
    return placed(operation).flatMap((p) => [
      ...union.before(p.step).flatMap((x) => one(operation, `${p.number - 1}+ ${calleeOf(x.step)}`, x.mask)),
      ...(p.step.kind === 'expand' ? [] : one(operation, placeOf(p), union.mask(p.step), p)),
      ...union.after(p.step).flatMap((x) => one(operation, `${p.number}+ ${calleeOf(x.step)}`, x.mask)),
    ]);
  });
}

function placeOf(p: Placed): string {
  const part = p.expansion !== undefined && p.step.kind === 'do' ? `.${p.step.part ?? ''}` : '';
  return `${p.number} ${p.expansion === undefined ? calleeOf(p.step) : `${p.expansion.name}${part}`}`;
}

function one(operation: Operation, place: string, mask: number, p?: Placed): readonly Difference[] {
  if (mask !== CANDIDATE && mask !== REFERENCE) return [];
  return [
    {
      operation: operation.name,
      place: `${operation.name}:${place}`,
      ...(p?.step.kind === 'do' && p.step.slot !== undefined ? { slot: p.step.slot } : {}),
      runs: mask === CANDIDATE ? 'candidate' : 'reference',
    },
  ];
}
