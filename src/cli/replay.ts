import { Command } from 'commander';

import { isFailure } from '../campaign/bucket.js';
import { findingOf, type CaseFile } from '../campaign/case-file.js';
import { traceTwice } from '../campaign/trace-hash.js';
import { signatureOf, type Finding, type RunOutcome } from '../run/finding.js';
import { hardwareText } from '../report/case-text.js';
import { ExitCode } from './exit-codes.js';
import { showVerdict } from './finding-lines.js';
import { openCase, type Instead, type OpenCase } from './open-case.js';
import { textsOf } from './trade.js';

/** Schedules of the reference that are tried for a file that does not say how many. */
const SEARCH = 200;

interface ReplayOptions extends Instead {
  readonly trace?: boolean;
}

export function replayCommand(): Command {
  return new Command('replay')
    .description('run saved cases again and say whether they show what their files say')
    .argument('<file...>', 'case files, or directories of findings')
    .option(
      '--model <model>',
      "run this candidate instead of the file's; then exit 1 says that the case fails on it",
    )
    .option('--reference <model>', "compare with this reference instead of the file's")
    .option('--trace', 'print the interleaving')
    .action(async (files: string[], options: ReplayOptions) => {
      // All are read before one is run: bad input is said first.
      const open: OpenCase[] = [];
      for (const file of files) open.push(await openCase(file, options));
      const codes = open.map((c) => replay(c, options.trace === true));
      process.exitCode = Math.max(...codes);
    });
}

function replay(open: OpenCase, trace: boolean): ExitCode {
  const { lab, file, path } = open;
  const shown = lab.judge(open.case, searchOf(file));
  const runs = traceTwice(lab, open.case);
  const lines = [`${path}: ${shown === undefined ? 'nothing' : `${shown.class}: ${showVerdict(shown)}`}`];
  lines.push(`  on ${hardwareText(open.case)}`);
  for (const side of ['candidate', 'reference'] as const)
    lines.push(
      `  ${side} ${open[side].name}: ${outcomeText(lab.replay(open.case, side))}; trace ${runs.hashes[side]}`,
    );
  if (runs.differs !== undefined)
    lines.push(
      `  NOT deterministic: two runs of the ${runs.differs.side} differ at step ${runs.differs.step}`,
    );
  const wrong = runs.differs === undefined ? mismatch(open, shown, runs.hashes) : 'two runs differ';
  lines.push(`  ${conclusion(open, wrong)}`);
  if (trace && shown !== undefined) lines.push('', textsOf(lab, shown).trace);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (runs.differs !== undefined) return ExitCode.NotReproduced;
  if (open.substituted)
    return shown !== undefined && isFailure(shown.class) ? ExitCode.Findings : ExitCode.Clean;
  return wrong === undefined ? ExitCode.Clean : ExitCode.NotReproduced;
}

/** As many other schedules as the file's finding was judged with: more could turn up the verdict on the reference. */
function searchOf(file: CaseFile): number {
  if (file.class === 'divergence' && file.searched > 0) return file.searched;
  // The case's own schedule is counted in the rates.
  return file.rates.schedules > 0 ? file.rates.schedules - 1 : SEARCH;
}

function outcomeText(outcome: RunOutcome): string {
  if (outcome.violation !== undefined) return `${outcome.violation.kind}: ${outcome.violation.text}`;
  return outcome.inconclusive ? 'ran out of steps, nothing is known' : 'no violation';
}

/** How the run differs from what the file says; undefined when it does not. */
function mismatch(
  { file }: OpenCase,
  shown: Finding | undefined,
  hashes: NonNullable<CaseFile['traceHash']>,
): string | undefined {
  if (file.class === 'unjudged') return undefined;
  const said = findingOf(file);
  const name = (f: Finding | undefined): string => (f === undefined ? 'nothing' : signatureOf(f));
  if (name(said) !== name(shown)) return `the file says ${name(said)}, the run shows ${name(shown)}`;
  if (file.traceHash === undefined) return undefined;
  const other = (['candidate', 'reference'] as const).find((side) => file.traceHash?.[side] !== hashes[side]);
  return other === undefined ? undefined : `the trace of the ${other} is not the one that the file says`;
}

function conclusion(open: OpenCase, wrong: string | undefined): string {
  if (open.substituted)
    return `run on other models than the file's (${open.file.candidate.name}, ${open.file.reference.name})`;
  if (open.file.class === 'unjudged') return 'ran twice alike; the file says nothing of what it shows';
  return wrong === undefined ? 'reproduced, twice, step by step' : `NOT reproduced: ${wrong}`;
}
