import { randomBytes } from 'node:crypto';
import { Command } from 'commander';

import { judgeSeries } from '../campaign/judge-series.js';
import { readPatch } from '../campaign/read-patch.js';
import { openSourceTree } from '../campaign/source-tree.js';
import { workerThreads } from '../campaign/workforce.js';
import { FORMATS, formatNamed } from '../patch/formats.js';
import { placeSeries } from '../patch/place-series.js';
import type { PatchSeries } from '../patch/series.js';
import type { SeriesVerdict } from '../patch/verdict.js';
import { parseDuration } from './duration.js';
import { workersOf } from './fuzz-options.js';
import { knownSignatures } from './known-findings.js';
import { parseCount } from './numbers.js';
import { patchBytes } from './patch-bytes.js';
import { judgeRepro } from './repro.js';
import { runSeries, USUAL, type RunPlan } from './run-series.js';
import { openPart, register } from './trade.js';
import { validateExitCode } from './validate-exit.js';
import { worthOf } from './worth.js';

interface ValidateOptions {
  readonly tree?: string;
  readonly base?: string;
  readonly budget: string;
  readonly cases?: string;
  readonly hardware: string;
  readonly known?: string;
  readonly repro?: string;
  readonly format: string;
  readonly crashes: string;
  readonly save: boolean;
  readonly seed?: string;
  readonly workers?: string;
}

export function validateCommand(): Command {
  return new Command('validate')
    .description(
      'judge a patch: places its hunks in the model of a kernel, fuzzes and explores what it changes',
    )
    .argument('<patch...>', 'diffs, format-patch mails or mboxes; - for stdin')
    .option(
      '--tree <dir>',
      'kernel source tree that the patch applies to: functions and branches are read from it',
    )
    .option(
      '--base <model>',
      'the kernel that the patch is for (default: the one that fits its context best)',
    )
    .option('--budget <time>', 'time for fuzzing and exploring', '2m')
    .option('--cases <n>', 'fuzz so many cases instead; the verdict is then a function of the seed')
    .option('--hardware <set>', 'all (conforming first, then any), or conforming', 'all')
    .option('--known <dir>', 'findings that were accepted before, as saved in crash directories')
    .option('--repro <file>', 'a saved case that the patch claims to fix')
    .option('--format <name>', FORMATS.map((f) => f.name).join(', '), 'text')
    .option('--crashes <dir>', 'where findings are saved', 'crashes')
    .option('--no-save', 'save no findings')
    .option('--seed <text>', 'seed of the campaigns (default: drawn, and printed)')
    .option('--workers <n>', 'worker threads (default: one a core)')
    .action(async (patches: string[], options: ValidateOptions) => {
      process.exitCode = await validate(patches, options);
    });
}

async function validate(patches: readonly string[], options: ValidateOptions): Promise<number> {
  const plan = planOf(options);
  const series = await seriesOf(patches);
  const tree = options.tree === undefined ? undefined : await openSourceTree(options.tree);
  const placement = placeSeries(series, register.models, register.operations, options.base, tree);
  const runs = await runSeries(placement, plan.run);
  const judged = judgeSeries(placement, runs, openPart);
  const repro = options.repro === undefined ? undefined : await judgeRepro(options.repro, placement);
  const verdict: SeriesVerdict = {
    ...judged,
    subjects: series.patches.map((p) => p.subject),
    doubts: series.patches.flatMap((p) => p.doubt ?? []),
    ...worthOf(placement),
    repro,
  };
  process.stdout.write(plan.render(verdict));
  return validateExitCode(verdict);
}

/** The patches of all files, in the order in which they were given. */
async function seriesOf(files: readonly string[]): Promise<PatchSeries> {
  const read: PatchSeries[] = [];
  for (const file of files) read.push(await readPatch(await patchBytes(file), file === '-' ? 'stdin' : file));
  return { patches: read.flatMap((s) => s.patches) };
}

interface Plan {
  readonly run: RunPlan;
  readonly render: (verdict: SeriesVerdict) => string;
}

/** Everything that can be wrong with the options is said before the patch is read. */
function planOf(options: ValidateOptions): Plan {
  const seconds = parseDuration(options.budget);
  const cases = options.cases === undefined ? Infinity : parseCount('--cases', options.cases, 100, 1e10);
  const hardware = hardwareOf(options.hardware);
  const workers = workersOf(options);
  const { render } = formatNamed(options.format);
  const jobModule = new URL('./trade.js', import.meta.url).href;
  const run: RunPlan = {
    ...USUAL,
    seed: options.seed ?? randomBytes(6).toString('hex'),
    seconds,
    cases,
    hardware,
    known: knownSignatures(options.known),
    crashes: options.save ? options.crashes : undefined,
    hire: (recipe, canary) => workerThreads(workers, jobModule, recipe, canary),
  };
  return { run, render };
}

function hardwareOf(name: string): readonly string[] {
  if (name === 'conforming') return ['conforming'];
  if (name === 'all') return ['conforming', 'any'];
  return [name];
}
