import { Command } from 'commander';

import { audit, muted, slotName, type Audit, type Slot, type SlotAudit } from '../campaign/audit.js';
import { Prng } from '../base/prng.js';
import { existsIn } from '../program/kernel-version.js';
import { lower } from '../program/lower.js';
import { runtime } from '../machine/execute.js';
import type { Model } from '../program/model.js';
import { measureCosts } from '../run/measure-costs.js';
import { caseGenerator } from '../scenario/generate.js';
import type { Case } from '../scenario/case.js';
import { strategyNamed } from '../schedule/strategies.js';
import { Laboratory } from '../run/laboratory.js';
import { columns } from './columns.js';
import { roundTripsOf, UNDISTURBED } from './cost-text.js';
import { hardwareWanted } from './fuzz-options.js';
import { absoluteModel, loadModel } from './load-model.js';
import { parseCount, showCount } from './numbers.js';
import { callables, register } from './trade.js';

interface AuditOptions {
  readonly cases: string;
  readonly seed: string;
  readonly hardware: readonly string[];
  readonly compare?: string;
  readonly site: readonly string[];
}

const append = (value: string, before: readonly string[]): string[] => [...before, value];
const COST_CASES = 2000;

export function auditCommand(): Command {
  return new Command('audit')
    .description('which notifications of a model carry weight, and the smallest placement that still does')
    .argument('<model>', 'a name of "list models", or a model file')
    .option('--cases <n>', 'cases in which each notification is taken away', '10000')
    .option('--seed <text>', 'their seed', 'audit')
    .option('--hardware <set>', 'conforming, or switch=value,… (repeatable: one audit each)', append, [])
    .option('--site <site>', 'only notifications of this site (repeatable)', append, [])
    .option('--compare <model>', 'say where the smallest placement differs from the one of this model')
    .action(async (name: string, options: AuditOptions) => {
      const cases = parseCount('--cases', options.cases, 1, 10_000_000);
      const model = await loadModel(absoluteModel(name, process.cwd()), register);
      const other =
        options.compare === undefined
          ? undefined
          : await loadModel(absoluteModel(options.compare, process.cwd()), register);
      const profiles = options.hardware.length === 0 ? ['conforming'] : options.hardware;
      for (const profile of profiles) report(model, other, profile, cases, options);
    });
}

function report(
  model: Model,
  other: Model | undefined,
  profile: string,
  cases: number,
  options: AuditOptions,
): void {
  const known = callables.filter((c) => existsIn(c, model.kernel));
  const draw = caseGenerator(known, { hardware: hardwareWanted(profile) });
  const strategy = strategyNamed('mixed');
  const slots = activeSlots(model).filter(
    (s) => options.site.length === 0 || options.site.some((x) => s.site === x || s.site.startsWith(`${x}/`)),
  );
  const result = audit(
    {
      model,
      slots,
      draw: (index) => {
        const prng = new Prng(`${options.seed}/${index}`);
        return { c: draw(prng), scheduler: strategy.make(prng) };
      },
      open: (a, b) => new Laboratory(callables, a, b),
      tell: (line) => void process.stderr.write(`${line}\n`),
    },
    { cases, search: 50, shrinkTries: 600 },
  );
  const lines = [
    `${model.name} on ${profile} hardware, ${showCount(cases)} cases of seed ${options.seed}; the model itself fails in ${result.failing} of them`,
    '',
    ...columns([['notification', 'ran', 'without it'], ...result.table.map(tableRow)]),
    '',
    ...placementLines(
      model,
      result,
      known.map((c) => c.operation.name),
    ),
    ...(other === undefined ? [] : compareLines(result, other)),
    '',
    `Redundant means: nothing went wrong in those of ${showCount(cases)} cases that reach it, one schedule each; a witness is one that the model does not show under 50 other schedules. The smallest placement depends on the order in which notifications are taken away: those under the lock first, then range_end.`,
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

/** Where the model notifies: under the lock first, in the order of the text, then at range_end. */
function activeSlots(model: Model): readonly Slot[] {
  const [code] = lower(
    callables.map((c) => c.operation),
    [model],
    runtime,
  );
  const seen = new Map<string, Slot>();
  for (const i of code.instructions) {
    if (i.info.slot === undefined || i.idle) continue;
    const slot = { site: i.info.site, slot: i.info.slot };
    seen.set(slotName(slot), slot);
  }
  const all = [...seen.values()];
  return [...all.filter((s) => s.slot !== 'range-end'), ...all.filter((s) => s.slot === 'range-end')];
}

function tableRow(a: SlotAudit): string[] {
  return [slotName(a.slot), showCount(a.ran), verdictOf(a)];
}

function verdictOf({ witness, inCases, index }: SlotAudit): string {
  if (inCases === 0) return 'never ran: nothing is known';
  if (witness === undefined) return `redundant in the ${showCount(inCases)} cases that reach it`;
  const { kind, agent } = witness.violation;
  return `load-bearing: ${kind} by the ${agent}, case ${index}, ${sizeText(witness.case)}`;
}

function sizeText(c: Case): string {
  const operations = c.threads.reduce((n, t) => n + t.operations.length, 0);
  return `${operations} operations, ${c.threads.length} threads, ${c.schedule.length} segments`;
}

function placementLines(model: Model, { smallest }: Audit, names: readonly string[]): string[] {
  const draw = caseGenerator(
    callables.filter((c) => names.includes(c.operation.name)),
    { hardware: 'conforming', ...UNDISTURBED },
  );
  const trips = (m: Model): number =>
    roundTripsOf(measureCosts(new Laboratory(callables, m, m).bench('candidate'), draw, 'worth', COST_CASES));
  const before = trips(model);
  const after = trips(muted(model, smallest.removed));
  return [
    `Smallest placement found: ${smallest.kept.length} notifications stay, ${smallest.removed.length} go; ${showCount(before)} device round trips become ${showCount(after)} in ${showCount(COST_CASES)} undisturbed cases.`,
    '',
    ...columns([
      ['stays', 'because without it, and without those that went before it'],
      ...smallest.kept.map((a) => [slotName(a.slot), verdictOf(a)]),
    ]),
    '',
    'goes: ' + smallest.removed.map(slotName).join(', '),
  ];
}

/** Where the smallest placement and another model's differ, among the notifications that were audited, and why. */
function compareLines({ table, smallest }: Audit, other: Model): string[] {
  const there = new Set(activeSlots(other).map(slotName));
  const kept = smallest.kept.filter((a) => !there.has(slotName(a.slot)));
  const gone = table.filter((a) => there.has(slotName(a.slot)) && smallest.removed.includes(a.slot));
  const alike = table.length - kept.length - gone.length;
  const stay = smallest.kept.map((a) => a.slot);
  const instead = table.map((a) => a.slot).filter((s) => there.has(slotName(s)));
  return [
    '',
    `Beside ${other.name}: ${alike} of ${table.length} notifications alike.`,
    ...(kept.length === 0 ? [] : [`${other.name} goes further, it lacks what stays here:`]),
    ...kept.flatMap((a) => [
      `  ${slotName(a.slot)}`,
      `    ${verdictOf(a)}`,
      `    ${beside(a.slot, instead, `${other.name} has`)}`,
    ]),
    ...(gone.length === 0 ? [] : [`${other.name} goes less far, it keeps what goes here:`]),
    ...gone.flatMap((a) => [
      `  ${slotName(a.slot)}`,
      `    ${verdictOf(a)}; ${beside(a.slot, stay, 'here stays')}`,
    ]),
  ];
}

/** What else of the same function notifies and may tell devices of the change: `here stays wp_page_copy:after-clear`. */
function beside(slot: Slot, among: readonly Slot[], says: string): string {
  const functionOf = (s: Slot): string => s.site.split('/')[0];
  const same = among.filter((s) => functionOf(s) === functionOf(slot) && slotName(s) !== slotName(slot));
  return `of ${functionOf(slot)} ${says} ${same.length === 0 ? 'nothing else' : same.map(slotName).join(', ')}`;
}
