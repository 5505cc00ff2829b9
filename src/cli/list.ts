import { Command } from 'commander';

import { HARDWARE } from '../machine/hardware.js';
import { slotsOf } from '../program/union.js';
import { VERDICTS } from '../run/finding.js';
import { STRATEGIES } from '../schedule/strategies.js';
import { columns } from './columns.js';
import { coverageLines } from './operation-coverage.js';
import { parseCount } from './numbers.js';
import { callables, register } from './trade.js';

const print = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

export function listCommand(): Command {
  const list = new Command('list').description('list what the options can name');
  for (const [name, about, lines] of LISTS)
    list.addCommand(new Command(name).description(about).action(() => print(lines())));
  list.addCommand(
    new Command('operations')
      .description('the operations, and what calls them')
      .option('--coverage', 'run the default mix in this thread and count how often each step is reached')
      .option('--cases <n>', 'cases of that run', '2000')
      .option('--seed <text>', 'its seed', 'coverage')
      .action(async (options: { coverage?: boolean; cases: string; seed: string }) => {
        if (options.coverage !== true) return print(operationLines());
        print(await coverageLines(parseCount('--cases', options.cases, 1, 100_000_000), options.seed));
      }),
  );
  return list;
}

const LISTS: readonly (readonly [string, string, () => string[]])[] = [
  ['models', 'the built-in models', modelLines],
  ['sites', 'where the kernel could notify, for --mute SITE:slot', siteLines],
  ['hardware', 'the hardware switches; the first value of each is conforming', hardwareLines],
  ['oracles', 'what is checked at every step', () => columns(VERDICTS.map((v) => [v, VERDICT_ABOUT[v]]))],
  ['strategies', 'how schedules are drawn', () => columns(STRATEGIES.map((s) => [s.name, s.about]))],
];

const VERDICT_ABOUT: Readonly<Record<(typeof VERDICTS)[number], string>> = {
  'freed-page-write': 'a write goes through a frame that was freed or given to someone else',
  'freed-page-read': 'a read or a walk goes through a frame or table that was freed or given to someone else',
  'lost-write':
    'a write lands in a frame that is no longer the page, or a frame with other contents becomes the page',
  'stale-read': 'a read returns another value than the page holds',
  'stale-permission': 'an access succeeds that is no longer permitted',
  'lost-dirty': 'a page leaves memory, is synced or write-tracked, and a write to it is forgotten',
  'stale-entry': 'after the last operation on a page a TLB holds what the page table does not grant',
  contract: 'the rules of the notifier, of locks and of sleeping',
  deadlock: 'nobody can run and somebody is unfinished',
  'no-progress': 'everybody runs and nothing changes',
  divergence: 'the results of the two models differ, and nothing above explains it',
};

function modelLines(): string[] {
  return register.models.flatMap((m) => [
    ...columns([[m.name, m.era, m.cowReuse, m.about]]),
    `    read from ${m.readFrom}`,
    ...(m.unverified ?? []).map((fact) => `    not verified: ${fact}`),
  ]);
}

function siteLines(): string[] {
  const slots = slotsOf(register.operations);
  return columns(slots.map((s) => [s.site, s.slot, s.muted ? 'silent in the base text' : '']));
}

function hardwareLines(): string[] {
  return columns(
    HARDWARE.flatMap((h) =>
      h.values.map((v, i) => [`${h.name}=${v}`, i === 0 ? 'conforming' : '', h.that[i]]),
    ),
  );
}

function operationLines(): string[] {
  return columns(
    register.operations.map((o) => {
      const callable = callables.find((c) => c.operation === o);
      return [o.name, o.from, o.version, callable === undefined ? '' : `called by a case, ${callable.by}`];
    }),
  );
}
