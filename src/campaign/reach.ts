import type { DifferingStep } from '../patch/difference.js';
import type { Reach } from '../patch/verdict.js';
import type { CampaignResult } from './records.js';

type Campaigns = readonly Pick<CampaignResult, 'coverage'>[];

/**
 * How often the steps ran, all together. A step that the patch drops has its place in the patched kernel; where nothing
 * comes to that any more, the base's runs of the same cases tell whether they were about it.
 */
export function reachOf(steps: readonly DifferingStep[], campaigns: Campaigns): Reach {
  const total = (on: 'steps' | 'reference', list: readonly DifferingStep[]): number =>
    list.reduce((n, { name }) => n + campaigns.reduce((k, c) => k + (c.coverage[on].get(name) ?? 0), 0), 0);
  const dropped = steps.filter((s) => s.dropped);
  return {
    ran: total(
      'steps',
      steps.filter((s) => !s.dropped),
    ),
    passed: total('steps', dropped),
    base: total('reference', dropped),
  };
}

export const isReached = ({ ran, passed, base }: Reach): boolean => ran + passed + base > 0;

/** Steps of the C that a hunk changes and no case ran, by whatever way to them: `; 1 of 3 changed steps never ran: …`. */
export function unrunAmong(steps: readonly DifferingStep[], campaigns: Campaigns): string {
  const places = new Map<string, DifferingStep[]>();
  for (const step of steps) {
    const place = step.name.slice(Math.max(0, step.name.lastIndexOf(`${step.operation}:`)));
    places.set(place, [...(places.get(place) ?? []), step]);
  }
  const never = [...places]
    .filter(([, list]) => !isReached(reachOf(list, campaigns)))
    .map(([place]) => place);
  if (never.length === 0) return '';
  return `; ${never.length} of ${places.size} changed steps never ran: ${never.slice(0, 3).join(', ')}`;
}
