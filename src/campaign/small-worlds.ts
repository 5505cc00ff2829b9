import { conclude } from '../explore/conclusion.js';
import { REDUCED, type Bounds } from '../explore/bounds.js';
import { witnessOf } from '../explore/witness.js';
import type { Finding } from '../run/finding.js';
import type { Laboratory } from '../run/laboratory.js';
import type { Case } from '../scenario/case.js';
import { exploreOn } from './exploration.js';
import type { Shape } from '../patch/verdict.js';
import type { Workforce } from './workforce.js';

/** What exhaustive exploration of small worlds showed. */
export interface SmallWorlds {
  readonly worlds: number;
  readonly states: number;
  readonly preemptions: number;
  /** Worlds in which states were left out. */
  readonly incomplete: number;
  /** How many worlds had so many threads, those with the fewest first. */
  readonly shapes: readonly Shape[];
  readonly findings: readonly Finding[];
  /** Where they are saved, one each; undefined where nothing is. */
  readonly directories: readonly (string | undefined)[];
}

export interface SmallWorldsPlan {
  /** Saves a finding before anybody is told; its directory. */
  readonly save: (finding: Finding) => string | undefined;
  readonly bounds: Bounds;
  /** Worlds, at most. */
  readonly most: number;
  /** No world is begun after so many milliseconds. */
  readonly milliseconds: number;
}

/** Explores cases on both models, up to the bounds, until they, `most` or the time run out. */
export async function exploreSmallWorlds(
  workforce: Workforce,
  lab: Laboratory,
  cases: Iterator<Case, void>,
  plan: SmallWorldsPlan,
): Promise<SmallWorlds> {
  const began = Date.now();
  const findings: Finding[] = [];
  const exploration = { bounds: plan.bounds, reductions: REDUCED, outcomes: false };
  const explored: Case[] = [];
  let [worlds, states, incomplete] = [0, 0, 0];
  while (worlds < plan.most && Date.now() - began < plan.milliseconds) {
    // as many worlds at once as there are workers
    const next = take(cases, Math.min(workforce.size, plan.most - worlds));
    if (next.length === 0) break;
    const pairs = await Promise.all(
      next.map(async (c) => ({
        case: c,
        candidate: await exploreOn(workforce, c, 'candidate', exploration),
        reference: await exploreOn(workforce, c, 'reference', exploration),
      })),
    );
    for (const pair of pairs) {
      worlds++;
      explored.push(pair.case);
      states += pair.candidate.states + pair.reference.states;
      if (!pair.candidate.complete || !pair.reference.complete) incomplete++;
      for (const shown of conclude([pair])) {
        const side = shown.class === 'reference-only' ? 'reference' : 'candidate';
        const finding = lab.judge(witnessOf(lab, side, shown.case, shown.key, shown.path), 0);
        if (finding !== undefined) findings.push({ ...finding, class: shown.class });
      }
    }
  }
  const directories = findings.map(plan.save);
  return {
    worlds,
    states,
    preemptions: plan.bounds.preemptions,
    incomplete,
    shapes: shapesOf(explored),
    findings,
    directories,
  };
}

function take(cases: Iterator<Case, void>, most: number): readonly Case[] {
  const out: Case[] = [];
  while (out.length < most) {
    const next = cases.next();
    if (next.done === true) break;
    out.push(next.value);
  }
  return out;
}

function shapesOf(cases: readonly Case[]): readonly Shape[] {
  const shapes = new Map<string, Shape>();
  for (const { threads } of cases) {
    const cpus = threads.filter((t) => t.kind === 'cpu').length;
    const devices = threads.length - cpus;
    const key = `${cpus} ${devices}`;
    shapes.set(key, { cpus, devices, worlds: (shapes.get(key)?.worlds ?? 0) + 1 });
  }
  return [...shapes.values()].sort((a, b) => a.cpus - b.cpus || a.devices - b.devices);
}
