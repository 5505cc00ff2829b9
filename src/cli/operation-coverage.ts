import { innermost } from '../campaign/step-sites.js';
import { inProcess } from '../campaign/workforce.js';
import { calleeOf, placed, type Placed } from '../program/locate.js';
import type { Operation, Step } from '../program/step.js';
import { columns } from './columns.js';
import { showCount } from './numbers.js';
import { canaryRecipe, defaultRecipe, openJob, register } from './trade.js';

/** Every step of every operation, and how often the default campaign reaches it, in any call. */
export async function coverageLines(cases: number, seed: string): Promise<string[]> {
  const workforce = inProcess({ openJob }, defaultRecipe(), canaryRecipe());
  const result = await workforce.run({ kind: 'batch', seed, from: 0, count: cases, emphasis: [] });
  const { stepNames } = await openJob(defaultRecipe());
  const counts = byInnermost(stepNames.map((name, step) => [name, result.tally.steps[step]]));
  const lines = [`${showCount(result.cases)} cases, ${showCount(result.steps)} steps, seed ${seed}`];
  for (const operation of register.operations)
    lines.push('', operation.name, ...operationLines(operation, counts));
  return lines;
}

/** Counts of `operation:number callee`, whatever called the operation. */
function byInnermost(steps: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [path, n] of steps) {
    const own = innermost(path);
    counts.set(own, (counts.get(own) ?? 0) + n);
  }
  return counts;
}

function operationLines(operation: Operation, counts: ReadonlyMap<string, number>): string[] {
  const rows = placed(operation)
    .filter((p) => isVisible(p.step))
    .map((p) => row(operation, p, counts));
  return columns(rows).map((line) => `  ${line}`);
}

/** Steps of their own: private ones join the step before them and are reached with it. */
function isVisible(step: Step): boolean {
  switch (step.kind) {
    case 'do':
      return step.primitive.visible;
    case 'when':
    case 'each':
      return step.condition.primitive.visible;
    default:
      return false;
  }
}

function row(operation: Operation, p: Placed, counts: ReadonlyMap<string, number>): string[] {
  const { step, expansion, number, branch } = p;
  const part =
    step.kind === 'do' && expansion !== undefined ? `${expansion.name}.${step.part ?? ''}` : undefined;
  const name = part ?? calleeOf(step);
  const count = counts.get(`${operation.name}:${number} ${name}`) ?? 0;
  const muted = step.kind === 'do' && step.muted === true && count === 0;
  const shown = count > 0 ? showCount(count) : muted ? 'muted' : 'NEVER';
  return [shown.padStart(12), `${number}`.padStart(3), name, branch];
}
