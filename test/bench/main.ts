import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { ORACLES } from '../../src/oracle/oracles.js';
import type { Oracle } from '../../src/oracle/oracle.js';
import { Laboratory } from '../../src/run/laboratory.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { strategyNamed } from '../../src/schedule/strategies.js';
import { compareWith } from './against.js';
import { calibrate } from './calibrate.js';
import { measureScaling } from './scaling.js';

/**
 * Ratios of one run. Every round measures each thing once, in turn, so that a slow machine slows all of them; the
 * medians of the per-round ratios are printed.
 */

const ROUNDS = 7;
const CASES = 4000;

const named = (name: string): (typeof models)[number] => models.find((m) => m.name === name)!;
const generate = caseGenerator(callables, {});
const strategy = strategyNamed('mixed');

interface Measured {
  readonly seconds: number;
  readonly steps: number;
}

function seconds(f: () => number): Measured {
  const begin = process.hrtime.bigint();
  const steps = f();
  return { seconds: Number(process.hrtime.bigint() - begin) / 1e9, steps };
}

function laboratory(oracles: readonly Oracle[]): Laboratory {
  return new Laboratory(callables, named('optimized'), named('always-notify'), oracles);
}

function runCases(lab: Laboratory): number {
  let steps = 0;
  for (let i = 0; i < CASES; i++) {
    const prng = new Prng(`bench/${i}`);
    steps += lab.attempt(generate(prng), strategy.make(prng)).steps;
  }
  return steps;
}

function drawCases(): number {
  for (let i = 0; i < CASES; i++) generate(new Prng(`bench/${i}`));
  return 0;
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const row = (what: string, value: string): void => console.log(`${what.padEnd(66)} ${value}`);

async function main(): Promise<void> {
  // first, in a process that holds nothing else
  const { ratios, ceilings } = await measureScaling(ROUNDS);
  const watched = laboratory(ORACLES);
  const bare = laboratory([]);
  const rounds: { watched: Measured; bare: Measured; draw: Measured; loop: number }[] = [];
  runCases(watched);
  runCases(bare);
  for (let i = 0; i < ROUNDS; i++) {
    rounds.push({
      loop: calibrate(),
      watched: seconds(() => runCases(watched)),
      bare: seconds(() => runCases(bare)),
      draw: seconds(drawCases),
    });
  }
  const over = (f: (r: (typeof rounds)[number]) => number): number => median(rounds.map(f));
  row('cases/s, default mix, both models, all oracles', over((r) => CASES / r.watched.seconds).toFixed(0));
  row(
    'micro-steps/s of the candidate, the same runs',
    over((r) => r.watched.steps / r.watched.seconds).toFixed(0),
  );
  row('calibration loop, iterations/s', over((r) => r.loop).toFixed(0));
  row(
    'micro-steps of both models for 1,000 calibration iterations',
    over((r) => (2000 * r.watched.steps) / r.watched.seconds / r.loop).toFixed(2),
  );
  row(
    'speed with oracles / without (at least 0.50)',
    over((r) => r.bare.seconds / r.watched.seconds).toFixed(2),
  );
  row(
    'generation / campaign time (at most 0.20)',
    over((r) => r.draw.seconds / r.watched.seconds).toFixed(2),
  );
  row('two workers / one worker, cases/s (at least 1.8)', median(ratios).toFixed(2));
  row('two threads / one, calibration loop: what this machine gives', median(ceilings).toFixed(2));
  row('the former / the latter', median(ratios.map((r, i) => r / ceilings[i])).toFixed(2));
}

const at = process.argv.indexOf('--against');
const other = process.argv[at + 1];
if (at < 0) await main();
else if (other !== undefined && existsSync(join(other, 'dist/models/models.js')))
  await compareWith(other, fileURLToPath(new URL('../../..', import.meta.url)));
else {
  process.stderr.write('--against takes the directory of a checkout in which "npm run build" has run.\n');
  process.exitCode = 2;
}
