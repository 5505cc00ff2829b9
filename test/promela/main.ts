import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { DEFAULT_BOUNDS, REDUCED, UNREDUCED, type Reductions } from '../../src/explore/bounds.js';
import type { Explored } from '../../src/explore/explored.js';
import { explore } from '../../src/explore/explorer.js';
import type { Laboratory } from '../../src/run/laboratory.js';
import { missing, Verifier, type Searched } from './spin.js';
import { laboratory, NOTIFIES, WORLDS, type PromelaWorld } from './worlds.js';

/**
 * SPIN and `explore` on the same worlds, in one run, one core each: states, transitions, rates, times to the verdict, and
 * their ratios. Times are seconds of CPU in user mode, the median of some rounds; of ours the first round, in which the
 * code is compiled, is left out, of SPIN's the time to generate and compile its verifier is printed apart.
 */

const ROUNDS = 5;

interface Timed<T> {
  readonly what: T;
  readonly seconds: number;
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1];

function ours(lab: Laboratory, world: PromelaWorld, reductions: Reductions): Timed<Explored> {
  const once = (): Timed<Explored> => {
    const begin = process.cpuUsage();
    const what = explore(lab.bench('candidate'), world.case, {
      bounds: DEFAULT_BOUNDS,
      reductions,
      outcomes: false,
    });
    return { what, seconds: process.cpuUsage(begin).user / 1e6 };
  };
  once();
  return middle(once);
}

function theirs(verifier: Verifier, ...options: readonly string[]): Timed<Searched> {
  return middle(() => {
    const what = verifier.search(...options);
    return { what, seconds: what.userSeconds };
  });
}

function middle<T>(once: () => Timed<T>): Timed<T> {
  const rounds = Array.from({ length: ROUNDS }, once);
  return { what: rounds[0].what, seconds: median(rounds.map((x) => x.seconds)) };
}

const count = (n: number): string => n.toLocaleString('en-US');
const time = (seconds: number): string => `${seconds.toFixed(3)} s`;

interface Sized {
  readonly states: number;
  readonly transitions: number;
}

function line(who: string, { what, seconds }: Timed<Sized>, more: string): string {
  const rate = seconds > 0 ? `${count(Math.round(what.states / seconds))} states/s` : 'too fast to measure';
  const size = `${count(what.states)} states, ${count(what.transitions)} transitions`;
  return `  ${who.padEnd(34)} ${size}, ${time(seconds)}, ${rate}${more}`;
}

const verdictOf = (x: Explored): string => [...x.verdicts.keys()].join(', ') || 'no verdict';
const times = (a: number, b: number): string =>
  b > 0 ? `${(a / b).toPrecision(2)} times` : 'not measurable';

function compare(model: string, world: PromelaWorld, notify: number, name: string): string[] {
  const defines = [`WORLD=${world.number}`, `NOTIFY=${notify}`];
  const all = new Verifier(model, defines, ['-DNOREDUCE']);
  const few = new Verifier(model, [...defines, 'STALE'], []);
  try {
    const bare = laboratory(name, []);
    const spinAll = theirs(all);
    const oursAll = ours(bare, world, UNREDUCED);
    const oursFew = ours(bare, world, REDUCED);
    const spinFew = theirs(few, '-c0');
    const spinFirst = theirs(few);
    const judged = ours(laboratory(name), world, REDUCED);
    const same =
      spinAll.what.states === oursAll.what.states &&
      spinAll.what.transitions === oursAll.what.transitions + 1;
    return [
      `${world.about}; ${name}`,
      line('SPIN, no reduction', spinAll, ''),
      line('explore, no reduction, no oracles', oursAll, ''),
      `  ${same ? 'the same states, and transitions but for the start, which SPIN counts' : 'NOT THE SAME'}; SPIN's rate is ${times(oursAll.seconds, spinAll.seconds)} ours`,
      line('SPIN, its reduction', spinFew, ''),
      line('explore, reduced, no oracles', oursFew, ''),
      line('SPIN to its verdict', spinFirst, `, ${spinFirst.what.errors > 0 ? 'stale read' : 'no verdict'}`),
      line('explore, as the command does', judged, `, ${verdictOf(judged.what)}`),
      `  to the verdict: ours takes ${times(judged.seconds, spinFirst.seconds)} SPIN's; with SPIN's verifier generated and compiled (${time(few.generatedIn)}) ${times(judged.seconds, spinFirst.seconds + few.generatedIn)}`,
      '',
    ];
  } finally {
    all.close();
    few.close();
  }
}

const model = join(process.cwd(), 'test', 'promela', 'two-cow.pml');
const why = existsSync(model)
  ? missing()
  : `there is no ${model}; expected the root of the repository as directory`;
if (why !== undefined) {
  process.stderr.write(`Nothing is compared: ${why}.\n`);
  process.exitCode = 2;
} else {
  for (const world of WORLDS)
    for (const { notify, model: name } of NOTIFIES)
      process.stdout.write(`${compare(model, world, notify, name).join('\n')}\n`);
}
