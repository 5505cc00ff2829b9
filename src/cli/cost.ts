import { Command } from 'commander';

import { operationsIn } from '../program/operations-in.js';
import { existsIn } from '../program/kernel-version.js';
import type { Model } from '../program/model.js';
import { BadInput } from '../base/errors.js';
import { didYouMean } from '../base/nearest.js';
import { measureCosts, type Costs } from '../run/measure-costs.js';
import { caseGenerator } from '../scenario/generate.js';
import { columns } from './columns.js';
import { costText, roundTripsOf, UNDISTURBED } from './cost-text.js';
import { absoluteModel, loadModel } from './load-model.js';
import { parseCount, showCount } from './numbers.js';
import { callables, openLab, register } from './trade.js';

interface CostOptions {
  readonly model: readonly string[];
  readonly operation: readonly string[];
  readonly cases: string;
  readonly seed: string;
  readonly json?: boolean;
}

const append = (value: string, before: readonly string[]): string[] => [...before, value];

export function costCommand(): Command {
  return new Command('cost')
    .description('count notifications and device round trips per function, model beside model')
    .option(
      '--model <model>',
      'a model to measure (repeatable; default: v4.14, optimized, v4.15)',
      append,
      [],
    )
    .option('--operation <name>', 'only this C function (repeatable)', append, [])
    .option('--cases <n>', 'cases that are run on each model', '4000')
    .option('--seed <text>', 'their seed', 'cost')
    .option('--json', 'print the numbers as JSON')
    .action(async (options: CostOptions) => run(options));
}

async function run(options: CostOptions): Promise<void> {
  const cases = parseCount('--cases', options.cases, 1, 10_000_000);
  const names = options.model.length > 0 ? options.model : ['v4.14', 'optimized', 'v4.15'];
  const models: Model[] = [];
  for (const name of names) models.push(await loadModel(absoluteModel(name, process.cwd()), register));
  checkOperations(options.operation);
  // the same cases for every model: only operations that all of them have
  const known = callables.filter((c) => models.every((m) => existsIn(c, m.kernel)));
  const draw = caseGenerator(known, { hardware: 'conforming', ...UNDISTURBED });
  const costs = models.map((m) => measureCosts(openLab(m, m).bench('candidate'), draw, options.seed, cases));
  const functions = functionsOf(costs).filter(
    (f) => options.operation.length === 0 || options.operation.includes(f),
  );
  if (options.json === true) {
    process.stdout.write(
      `${JSON.stringify(asJson(models, costs, functions, options.seed, cases), null, 2)}\n`,
    );
    return;
  }
  const head = ['function', ...models.map((m) => m.name)];
  const rows = functions.map((f) => [f, ...costs.map((c) => costText(c.byFunction.get(f)))]);
  const sums = ['all round trips', ...costs.map((c) => showCount(roundTripsOf(c)))];
  process.stdout.write(
    [
      `Per call that took something away from an entry: notifications by slot, then device round trips.`,
      `One CPU thread and one device, nobody interferes; ${showCount(cases)} cases of seed ${options.seed}, the same for every model.`,
      '',
      ...columns([head, ...rows, sums]),
      '',
    ].join('\n'),
  );
}

function checkOperations(names: readonly string[]): void {
  const known = operationsIn(register.operations).map((o) => o.name);
  for (const name of names)
    if (!known.includes(name))
      throw new BadInput(
        `Unknown operation "${name}"; expected a C function of "list operations".${didYouMean(name, known)}`,
      );
}

/** Functions that notify or bracket in one model at least, by name. */
function functionsOf(costs: readonly Costs[]): readonly string[] {
  const names = new Set<string>();
  for (const { byFunction } of costs)
    for (const [name, cost] of byFunction)
      if (cost.brackets > 0 || cost.notifications.size > 0) names.add(name);
  return [...names].sort();
}

function asJson(
  models: readonly Model[],
  costs: readonly Costs[],
  functions: readonly string[],
  seed: string,
  cases: number,
): object {
  return {
    seed,
    cases,
    models: models.map((m, i) => ({
      name: m.name,
      roundTrips: roundTripsOf(costs[i]),
      functions: Object.fromEntries(
        functions.flatMap((f) => {
          const cost = costs[i].byFunction.get(f);
          if (cost === undefined) return [];
          const { calls, brackets, roundTrips: trips } = cost;
          return [
            [
              f,
              { calls, brackets, roundTrips: trips, notifications: Object.fromEntries(cost.notifications) },
            ],
          ];
        }),
      ),
    })),
  };
}
