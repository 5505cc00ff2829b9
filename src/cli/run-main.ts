import { Command, CommanderError } from 'commander';

import { BadInput } from '../base/errors.js';
import { ExitCode } from './exit-codes.js';
import { auditCommand } from './audit.js';
import { bisectCommand } from './bisect.js';
import { costCommand } from './cost.js';
import { exploreCommand } from './explore.js';
import { fuzzCommand } from './fuzz.js';
import { listCommand } from './list.js';
import { litmusCommand } from './litmus.js';
import { replayCommand } from './replay.js';
import { showCommand } from './show.js';
import { shrinkCommand } from './shrink.js';
import { validateCommand } from './validate.js';
import { version } from './version.js';

export function shootdown(): Command {
  const program = new Command('shootdown')
    .description('Fuzzing and differential testing of mmu notifier placement in the Linux kernel')
    .version(version);
  for (const command of [
    fuzzCommand(),
    replayCommand(),
    shrinkCommand(),
    bisectCommand(),
    exploreCommand(),
    litmusCommand(),
    costCommand(),
    validateCommand(),
    auditCommand(),
    listCommand(),
    showCommand(),
  ]) {
    program.addCommand(command);
  }
  for (const command of withSubcommands(program)) {
    // Commander knows of errors; how the program ends is decided below.
    command.exitOverride();
    command.configureOutput({ outputError: () => undefined });
    command.showHelpAfterError(false);
  }
  program.addHelpText(
    'after',
    '\nExit codes: 0 clean, 1 findings, 2 usage or bad input, 3 replay did not reproduce, or litmus shows what is not expected, 4 proves nothing, 70 bug in shootdown, 130 interrupted',
  );
  return program;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Runs a command line and sets the exit code. Errors become one sentence. */
export async function runMain(argv: readonly string[]): Promise<void> {
  try {
    await shootdown().parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return ExitCode.Clean;
    // Commander has printed the help of a bare `shootdown` already.
    if (error.code !== 'commander.help') process.stderr.write(`shootdown: ${sentence(error.message)}\n`);
    return ExitCode.BadInput;
  }
  if (error instanceof BadInput) {
    process.stderr.write(`shootdown: ${error.message}\n`);
    return ExitCode.BadInput;
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `${what}\nshootdown: This is a bug in shootdown ${version} itself, not in your input; please report the lines above with the seed and the command.\n`,
  );
  return ExitCode.HarnessBug;
}

/** Commander says `error: unknown option '--x'`; we say it as a sentence, with where to look. */
function sentence(message: string): string {
  const what = message.replace(/^error: /, '').replace(/\n/g, ' ');
  const full = what.charAt(0).toUpperCase() + what.slice(1);
  return `${full.replace(/[.]?$/, '.')} See "shootdown --help".`;
}
