import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { builtIn } from '../../src/cli/load-model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { slotsOf } from '../../src/program/union.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Finding } from '../../src/run/finding.js';
import type { Case } from '../../src/scenario/case.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import type { Scheduler } from '../../src/schedule/scheduler.js';
import { strategyNamed } from '../../src/schedule/strategies.js';
import { shrink } from '../../src/shrink/shrinker.js';
import { slotVisits } from '../../src/campaign/slot-visits.js';

/**
 * Mutes every slot that notifies in a model, one after the other, and says what is found on conforming hardware: the
 * finding, the case that showed it, its shrunk size; or that nothing is, and which further mute brings it out.
 *
 *     node dist/test/bench/mute-table.js [model] [cases] [part] [parts] [seed]
 */

const [modelName = 'optimized', cases = '100000', part = '0', parts = '1', seed = 'mutes'] =
  process.argv.slice(2);
const operations = operationsIn(callables.map((c) => c.operation));
const register = { models, operations };
const generate = caseGenerator(callables, { hardware: 'conforming' });
const strategy = strategyNamed('mixed');
const reference = builtIn('always-notify', register);

interface Hunted {
  readonly finding: Finding | undefined;
  readonly index: number;
  readonly lab: Laboratory;
}

const laboratory = (mutes: readonly string[]): Laboratory =>
  new Laboratory(callables, builtIn([modelName, ...mutes].join('~'), register), reference);

function draw(index: number): { c: Case; scheduler: Scheduler } {
  const prng = new Prng(`${seed}/${index}`);
  return { c: generate(prng), scheduler: strategy.make(prng) };
}

const visits = slotVisits(laboratory([]).bench('candidate'), Number(cases), draw);

/**
 * First case in which the model without these slots fails and the reference does not, of those below `limit` in which the
 * first slot runs.
 */
function hunt(mutes: readonly string[], limit: number, proves = (_: Finding): boolean => true): Hunted {
  const lab = laboratory(mutes);
  for (const index of visits.cases.get(mutes[0]) ?? []) {
    if (index >= limit) break;
    const { c, scheduler } = draw(index);
    // without a violation on the candidate there is nothing that a mute could have done
    const { outcome, schedule } = lab.schedule(c, scheduler);
    if (outcome.violation === undefined) continue;
    const judged = lab.judge({ ...c, schedule }, 100);
    if (judged?.class === 'candidate-only' && proves(judged)) return { finding: judged, index, lab };
  }
  return { finding: undefined, index: limit, lab };
}

function described({ finding, index, lab }: Hunted): string {
  if (finding === undefined) return `nothing in ${index} cases`;
  const small = shrink(finding, lab, { tries: 1000, search: 30 }).finding;
  const operationsLeft = small.case.threads.reduce((n, t) => n + t.operations.length, 0);
  const { violation } = finding;
  return `${violation.kind} by the ${violation.agent} at ${violation.site} in case ${index}; ${operationsLeft} operations, ${small.case.threads.length} threads, ${small.case.schedule.length} segments`;
}

const model = builtIn(modelName, register);
const active = slotsOf(operations).filter((s) => {
  const last = [...model.edits]
    .reverse()
    .find(
      (e) =>
        (e.kind === 'mute' || e.kind === 'notify') &&
        e.slot === s.slot &&
        (s.site === e.site || s.site.startsWith(`${e.site}/`)),
    );
  return last === undefined ? !s.muted : last.kind === 'notify';
});

/** Active slots of the smallest program operation that holds the function: what else could cover for it. */
function related(site: string, slot: string): typeof active {
  const [cFunction] = site.split('/');
  const sizes = callables
    .map((c) => operationsIn([c.operation]))
    .filter((ops) => ops.some((o) => o.name === cFunction))
    .sort((a, b) => a.length - b.length);
  const names = new Set(sizes[0]?.map((o) => o.name));
  const same = (o: { site: string }): number => (o.site.split('/')[0] === cFunction ? 0 : 1);
  return active
    .filter((o) => names.has(o.site.split('/')[0]) && !(o.site === site && o.slot === slot))
    .sort((a, b) => same(a) - same(b));
}

/** True if the case fails, where the reference does not, without these slots alone. */
function failsAlone(lab: Laboratory, finding: Finding): boolean {
  return lab.judge(finding.case, 0)?.class === 'candidate-only';
}

/**
 * The first other slot without which the mute is found, in a case that passes without the other one alone; if there is
 * none, what is found without all of them and not without the others.
 */
function cover(site: string, slot: string): string {
  const mute = `${site}:${slot}`;
  const others = related(site, slot).map((o) => `${o.site}:${o.slot}`);
  for (const other of others) {
    const alone = laboratory([other]);
    const both = hunt([mute, other], Number(cases) / 5, (finding) => !failsAlone(alone, finding));
    if (both.finding !== undefined) return `covered by ${other}; both muted: ${described(both)}`;
  }
  const rest = laboratory(others);
  const all = hunt([mute, ...others], Number(cases), (finding) => !failsAlone(rest, finding));
  return `with all of ${others.join(', ')} muted, what this one alone would stop: ${described(all)}`;
}

console.log(`${cases} cases, seed ${seed}; ${modelName} itself fails in ${visits.failing.size}`);
active.forEach(({ site, slot }, i) => {
  if (i % Number(parts) !== Number(part)) return;
  const name = `${site}:${slot}`;
  const alone = hunt([name], Number(cases));
  const ran = `${visits.times.get(name) ?? 0} in ${visits.cases.get(name)?.length ?? 0} cases`;
  console.log(`${name} | ran ${ran} | ${described(alone)}`);
  if (alone.finding === undefined) console.log(`    ${cover(site, slot)}`);
});
