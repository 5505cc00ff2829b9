import { Command } from 'commander';

import { neighboursOf, type Difference, type Neighbour } from '../../models/models.js';
import { BadInput } from '../base/errors.js';
import { Bisector, type Bisected } from '../campaign/bisect.js';
import { findingOf } from '../campaign/case-file.js';
import type { Model } from '../program/model.js';
import type { Finding } from '../run/finding.js';
import { Laboratory } from '../run/laboratory.js';
import { ExitCode } from './exit-codes.js';
import { showVerdict } from './finding-lines.js';
import { parseCount } from './numbers.js';
import { openSaved, type Instead, type SavedCase } from './open-case.js';
import { callables } from './trade.js';

interface BisectOptions extends Instead {
  readonly search: string;
}

/** A finding with the model that shows it, before anything was run. */
interface Opened {
  readonly path: string;
  readonly finding: Finding;
  readonly model: Model;
  /** What it was compared with. */
  readonly beside: Model;
}

const SAYS: Readonly<Record<Difference, string>> = {
  later: 'ended by',
  repair: 'ended by the repair',
  notify: 'ended if',
  without: 'came with',
};

export function bisectCommand(): Command {
  return new Command('bisect')
    .description('which known change of the kernel ends a finding, and which brought it')
    .argument('<file...>', 'case files, or directories of findings')
    .option('--model <model>', "run this candidate instead of the files'")
    .option('--reference <model>', "the reference instead of the files'")
    .option('--search <n>', 'schedules of the case that each kernel is tried with', '400')
    .action(async (files: string[], options: BisectOptions) => {
      const search = parseCount('--search', options.search, 1, 1_000_000);
      // All are read before one is run: bad input is said first.
      const opened: Opened[] = [];
      for (const file of files) opened.push(openedOf(await openSaved(file, options)));
      process.exitCode = ExitCode.Clean;
      for (const [model, among] of byModel(opened)) {
        const bisector = bisectorOf(model, search);
        for (const { path, finding, beside } of among) {
          const result = bisector.of(finding, beside);
          if (result === undefined) process.exitCode = ExitCode.NotReproduced;
          process.stdout.write(`${lines(path, finding, model, result).join('\n')}\n`);
        }
      }
    });
}

function openedOf(saved: SavedCase): Opened {
  const finding = findingOf(saved.file);
  if (finding === undefined || finding.class === 'divergence')
    throw new BadInput(
      `${saved.path} is ${saved.file.class}; expected a finding with a verdict of one model, such as candidate-only.`,
    );
  const { path, candidate, reference } = saved;
  return finding.class === 'reference-only'
    ? { path, finding, model: reference, beside: candidate }
    : { path, finding, model: candidate, beside: reference };
}

function byModel(opened: readonly Opened[]): readonly (readonly [Model, readonly Opened[]])[] {
  const names = new Set(opened.map((o) => o.model.name));
  return [...names].map((name) => {
    const among = opened.filter((o) => o.model.name === name);
    return [among[0].model, among];
  });
}

function bisectorOf(model: Model, search: number): Bisector<Neighbour> {
  const trials = neighboursOf(model).map((n) => ({ of: n, operations: n.operations, model: n.model }));
  return new Bisector(model, trials, (a, b) => new Laboratory(callables, a, b), search);
}

function lines(
  path: string,
  finding: Finding,
  model: Model,
  result: Bisected<Neighbour> | undefined,
): string[] {
  const head = `${path}: ${showVerdict(finding)}, ${model.name}`;
  if (result === undefined) return [`${head}: not shown today`];
  const { shown, schedules, tried, ends } = result;
  return [
    `${head}: ${shown} of ${schedules} schedules`,
    ...saidOnce(ends).map((n) => `  ${SAYS[n.difference]} ${n.about}`),
    ends.length === 0
      ? `  no known change alone ends it; ${tried} of functions that ran were tried`
      : `  ${tried} known changes of functions that ran were tried, one at a time`,
  ];
}

/** Without repairs of the reference that follow a commit which stands there itself. */
function saidOnce(ends: readonly Neighbour[]): readonly Neighbour[] {
  const commits = ends.filter((n) => n.difference === 'later').flatMap((n) => commitsIn(n.about));
  return ends.filter(
    (n) => n.difference !== 'repair' || !commitsIn(n.about).some((c) => commits.includes(c)),
  );
}

const commitsIn = (text: string): readonly string[] => text.match(/\b[0-9a-f]{12}\b/g) ?? [];
