import { randomBytes } from 'node:crypto';

import { Command } from 'commander';

import type { Campaign } from '../campaign/campaign.js';
import type { Job, Recipe } from '../campaign/job.js';
import { prepareCampaign } from '../campaign/start.js';
import { workerThreads } from '../campaign/workforce.js';
import { ExitCode } from './exit-codes.js';
import { announced, quoted } from './finding-lines.js';
import { checkTogether, planOf, recipeOf, workersOf, type FuzzOptions } from './fuzz-options.js';
import { summaryJson } from './json-summary.js';
import { liveStatus } from './live-status.js';
import { exitCodeOf, summaryText, type Told } from './summary.js';
import { callables, canaryRecipe, openJob } from './trade.js';
import { version } from './version.js';

const append = (value: string, before: readonly string[]): string[] => [...before, value];

export function fuzzCommand(): Command {
  return new Command('fuzz')
    .description('compare two kernels on random cases; shrinks and saves what it finds')
    .option(
      '--candidate <model>',
      'the kernel in question: a name of "list models", or a model file',
      'optimized',
    )
    .option('--reference <model>', 'the kernel that it must not be worse than', 'always-notify')
    .option('--mute <site[:slot]>', 'take a notification away from the candidate (repeatable)', append, [])
    .option('--cases <n>', 'stop after n cases; what is found is then a function of the seed')
    .option(
      '--duration <time>',
      'stop after 30s, 5m, 2h, 3d, 2w, or unlimited (default: 1m unless --cases is given)',
    )
    .option('--workers <n>', 'worker threads (default: one a core)')
    .option('--seed <text>', 'seed of the campaign (default: drawn, and printed)')
    .option('--hardware <set>', 'default, conforming, any, or switch=value,… for every case', 'default')
    .option('--operations <names>', 'restrict the cases to these operations, separated by commas')
    .option('--subscribers <kinds>', 'devices are of these kinds alone: sva, kvm, interval, legacy, pin')
    .option('--strategy <name>', 'how schedules are drawn; a name of "list strategies"', 'mixed')
    .option('--shrink-tries <n>', 'runs that shrinking one finding may take', '4000')
    .option('--search <n>', 'schedules of the reference tried before a finding is candidate-only', '200')
    .option('--crashes <dir>', 'where findings are saved', 'crashes')
    .option('--corpus <dir>', 'keep cases that reach something new here')
    .option('--no-save', 'save no findings')
    .option('--json', 'print the summary as JSON on stdout; progress goes to stderr')
    .action(async (options: FuzzOptions, command: Command) => {
      checkTogether(options, (name) => command.getOptionValueSource(name) === 'cli');
      process.exitCode = await fuzz(options);
    });
}

async function fuzz(options: FuzzOptions): Promise<ExitCode> {
  const recipe = recipeOf(options, callables, process.cwd());
  const plan = planOf(options, options.seed ?? randomBytes(6).toString('hex'));
  const workers = workersOf(options);
  // Opened here first: what is wrong with the models is said before anything is written or started.
  const job = await openJob(recipe);
  const canary = canaryRecipe();
  const told = toldOf(options, recipe, plan.seed, job, canary);
  const live = liveStatus(options.json === true ? process.stderr : process.stdout);
  const { campaign, workforce } = prepareCampaign({
    plan,
    job,
    hire: () => workerThreads(workers, new URL('./trade.js', import.meta.url).href, recipe, canary),
    crashes: options.save ? options.crashes : undefined,
    corpus: options.corpus,
    version,
    listener: {
      found: (record) => live.line(announced(record)),
      status: (now) => live.update(now),
    },
  });
  try {
    live.line(`${told.candidate} against ${told.reference}, seed ${plan.seed}, ${workers} workers`);
    const result = await untilInterrupted(campaign, () => campaign.run());
    live.done();
    process.stdout.write(options.json === true ? summaryJson(result, told) : summaryText(result, told));
    return exitCodeOf(result);
  } finally {
    live.done();
    await workforce.close();
  }
}

/** The first Ctrl-C ends the campaign in order; a second one leaves at once. */
async function untilInterrupted<T>(campaign: Campaign, run: () => Promise<T>): Promise<T> {
  let asked = false;
  const onSignal = (): void => {
    if (asked) process.exit(ExitCode.Interrupted);
    asked = true;
    process.stderr.write('\nWriting what was found; Ctrl-C again leaves at once.\n');
    campaign.interrupt();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await run();
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

function toldOf(options: FuzzOptions, recipe: Recipe, seed: string, job: Job, canary: Recipe): Told {
  return {
    candidate: job.candidate.name,
    reference: job.reference.name,
    recipe,
    shrinkTries: Number(options.shrinkTries),
    command: commandOf(options, seed),
    canary: [canary.candidate, ...canary.mutes].join('~'),
  };
}

/** The command that runs the same cases again, whatever the options were. */
function commandOf(options: FuzzOptions, seed: string): string {
  const words = ['shootdown', 'fuzz', '--candidate', options.candidate, '--reference', options.reference];
  for (const mute of options.mute) words.push('--mute', mute);
  if (options.hardware !== 'default') words.push('--hardware', options.hardware);
  if (options.operations !== undefined) words.push('--operations', options.operations);
  if (options.subscribers !== undefined) words.push('--subscribers', options.subscribers);
  if (options.strategy !== 'mixed') words.push('--strategy', options.strategy);
  if (options.cases !== undefined) words.push('--cases', options.cases);
  if (options.duration !== undefined) words.push('--duration', options.duration);
  return [...words, '--seed', seed].map(quoted).join(' ');
}
