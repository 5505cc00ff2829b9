import { basename, dirname } from 'node:path';

import { Command } from 'commander';

import { BadInput } from '../base/errors.js';
import { findingOf, printFindingFile } from '../campaign/case-file.js';
import { replaceFile } from '../campaign/disk.js';
import { traceTwice } from '../campaign/trace-hash.js';
import { signatureOf } from '../run/finding.js';
import { shrink } from '../shrink/shrinker.js';
import { ExitCode } from './exit-codes.js';
import { showSize } from './finding-lines.js';
import { modelData } from './model-data.js';
import { parseCount, showCount } from './numbers.js';
import { openCase, type OpenCase } from './open-case.js';
import { register, textsOf } from './trade.js';
import { version } from './version.js';

interface ShrinkOptions {
  readonly shrinkTries: string;
  readonly search: string;
}

export function shrinkCommand(): Command {
  return new Command('shrink')
    .description('go on shrinking a saved finding; the smaller case replaces it')
    .argument('<file>', 'a case file, or the directory of a finding')
    .option('--shrink-tries <n>', 'runs that it may take', '100000')
    .option('--search <n>', 'schedules of the reference tried before a finding is candidate-only', '200')
    .action(async (file: string, options: ShrinkOptions) => {
      const tries = parseCount('--shrink-tries', options.shrinkTries, 1, 1_000_000_000);
      const search = parseCount('--search', options.search, 0, 1_000_000);
      process.exitCode = shrinkCase(await openCase(file), tries, search);
    });
}

function shrinkCase(open: OpenCase, tries: number, search: number): ExitCode {
  const { lab, file, path } = open;
  const said = findingOf(file);
  if (said === undefined)
    throw new BadInput(
      `${path} holds no finding (its class is ${file.class}); expected one that shows something.`,
    );
  const shown = lab.judge(open.case, Math.max(search, file.searched));
  if (shown === undefined || signatureOf(shown) !== signatureOf(said)) {
    const what = shown === undefined ? 'nothing' : signatureOf(shown);
    process.stdout.write(
      `${path}: NOT reproduced: the file says ${signatureOf(said)}, the run shows ${what}\n`,
    );
    return ExitCode.NotReproduced;
  }
  const result = shrink(shown, lab, { tries, search });
  save(open, result);
  const end = result.capped
    ? 'its tries were used up'
    : result.minimal
      ? 'minimal'
      : 'not verified to be minimal';
  process.stdout.write(
    `${path}: ${showSize(shown)} -> ${showSize(result.finding)} in ${showCount(result.tried)} runs; ${end}\n`,
  );
  return ExitCode.Clean;
}

function save(open: OpenCase, result: ReturnType<typeof shrink>): void {
  const { lab, path, file } = open;
  const { finding, tried, capped, minimal } = result;
  const directory = dirname(path);
  if (basename(path) === 'case.json') {
    const texts = textsOf(lab, finding);
    replaceFile(directory, 'trace.txt', texts.trace);
    replaceFile(directory, 'README.md', texts.readme);
  }
  const text = printFindingFile({
    finding,
    candidate: modelData(open.candidate, register.operations),
    reference: modelData(open.reference, register.operations),
    origin: file.origin,
    shrunk: { tried, capped, minimal },
    traceHash: traceTwice(lab, finding.case).hashes,
    version,
  });
  replaceFile(directory, basename(path), text);
}
