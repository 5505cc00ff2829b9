import { Command } from 'commander';

import { BadInput } from '../base/errors.js';
import type { ExplorationPlan } from '../campaign/exploration.js';
import { readCaseText } from '../campaign/corpus-store.js';
import { DEFAULT_BOUNDS } from '../explore/bounds.js';
import { omission } from '../explore/state-set.js';
import type { LitmusTest } from '../litmus/litmus-test.js';
import { observe, type Answer, type Observation } from '../litmus/observe.js';
import { parseLitmus } from '../litmus/parse.js';
import { scheduleLines } from '../litmus/print-threads.js';
import { answerLines, expectedLines } from '../litmus/render.js';
import { Listed } from '../schedule/listed.js';
import { ExitCode } from './exit-codes.js';
import { hashText, reachText } from './explore-text.js';
import { workersOf } from './fuzz-options.js';
import { USUAL_MODELS } from './litmus-case.js';
import { caseText, litmusTextOf } from './litmus-convert.js';
import { differences, readExpected, writeExpected, type Expected } from './litmus-expected.js';
import { LitmusExplorer } from './litmus-explore.js';
import { absoluteModel, loadModel } from './load-model.js';
import { parseCount } from './numbers.js';
import { callables, openLab, register } from './trade.js';

interface LitmusOptions {
  readonly model?: string;
  readonly reference?: string;
  readonly preemptions?: string;
  readonly states?: string;
  readonly workers?: string;
  readonly witness?: boolean;
  readonly promote?: boolean;
  readonly toJson?: boolean;
  readonly fromJson?: boolean;
}

export function litmusCommand(): Command {
  return new Command('litmus')
    .description(
      'run litmus tests: every interleaving of a written case, and a condition over what can be seen',
    )
    .argument('<file...>', 'litmus files; with --from-json a case file, or the directory of a finding')
    .option('--model <model>', "run on this model instead of the file's")
    .option('--reference <model>', 'run on this model as well, and say which states only the first one has')
    .option('--preemptions <n>', 'switches away from a thread that could go on, on one path')
    .option('--states <n>', 'states that are kept, at most')
    .option('--workers <n>', 'worker threads (default: one a core)')
    .option('--witness', 'print the schedule of the shortest witness')
    .option('--promote', 'write what is shown to FILE.expected instead of comparing with it')
    .option('--to-json', 'print the case file of a litmus file, and run nothing')
    .option('--from-json', 'print the litmus form of a case file, and run nothing')
    .addHelpText('after', HELP)
    .action(async (files: string[], options: LitmusOptions) => {
      process.exitCode = await run(files, options);
    });
}

const HELP = `
A test has a name, a text, the initial world, a column a thread, and a condition over the ends of all runs:
exists (…), forbid (…) or forall (…), with /\\, \\/, ~ and parentheses over
  dev0.2 = i2        operation 2 of dev0 (from 0) returned this: w1 the first write of the table, thread by thread,
                     i2 an initial value, 0, SIGSEGV, SIGBUS, refused, discarding; none: nothing (yet)
  mm0:3.1 = w1       word 1 of page 3 of mm0 when everybody has finished
  stale-read by dev0 at mm0:3    this verdict ended the run; "by" and "at" can be left out
  clean              none did
A run ends at its first verdict. Witnesses are ends: states in which everybody has finished, and steps on which a
verdict fires. Exit codes: 0 the answer is Ok, or as expected; 1 No; 3 not as expected; 4 undecided.`;

async function run(files: readonly string[], options: LitmusOptions): Promise<ExitCode> {
  if (options.toJson === true || options.fromJson === true) return convert(files, options);
  const tests = files.map((path) => ({ path, test: parseLitmus(readCaseText(path), path, callables) }));
  const runs = tests.map(({ path, test }) => ({ path, test, plan: planOf(test, options) }));
  const explorer = new LitmusExplorer(workersOf(options));
  // bad input is said first
  for (const { test } of tests)
    for (const name of modelsOf(test, options)) await loadModel(absoluteModel(name, process.cwd()), register);
  const codes: ExitCode[] = [];
  for (const x of runs) codes.push(await runTest(x, explorer, options));
  return Math.max(...codes);
}

async function convert(files: readonly string[], options: LitmusOptions): Promise<ExitCode> {
  if (options.toJson === true && options.fromJson === true)
    throw new BadInput('--to-json and --from-json contradict each other; expected one of them.');
  if (files.length !== 1)
    throw new BadInput(`${files.length} files cannot be converted to one output; expected one file.`);
  process.stdout.write(options.toJson === true ? await caseText(files[0]) : litmusTextOf(files[0]));
  return ExitCode.Clean;
}

function planOf({ bounds }: LitmusTest, options: LitmusOptions): ExplorationPlan {
  const { preemptions, states } = options;
  return {
    bounds: {
      ...DEFAULT_BOUNDS,
      ...bounds,
      ...(preemptions === undefined ? {} : { preemptions: parseCount('--preemptions', preemptions, 0, 60) }),
      ...(states === undefined ? {} : { states: parseCount('--states', states, 1000, 200_000_000) }),
    },
    // a condition tells threads apart
    reductions: { symmetry: false, footprints: false },
    outcomes: true,
  };
}

function modelsOf(test: LitmusTest, options: LitmusOptions): readonly string[] {
  const own = test.models.length > 0 ? test.models : USUAL_MODELS;
  const { model, reference } = options;
  if (model === undefined && reference === undefined) return own;
  return [...new Set([model ?? own[0], ...(reference === undefined ? [] : [reference])])];
}

interface OneRun {
  readonly path: string;
  readonly test: LitmusTest;
  readonly plan: ExplorationPlan;
}

async function runTest(one: OneRun, explorer: LitmusExplorer, options: LitmusOptions): Promise<ExitCode> {
  const { path, test, plan } = one;
  const expected = options.promote === true ? undefined : readExpected(path);
  const observations = new Map<string, Observation>();
  const shown = new Map<string, readonly string[]>();
  let worst = ExitCode.Clean;
  for (const model of modelsOf(test, options)) {
    const explored = await explorer.explore(model, { ...test.case, schedule: [] }, plan);
    const o = observe(test, explored);
    observations.set(model, o);
    const reach = reachText(plan.bounds, 'the choices as written', o.complete);
    shown.set(model, expectedLines(test, o, reach));
    const lines = answerLines(test, o, `${reach}; ${hashText(omission(explored.states))}`);
    const verdict = compared(expected?.get(model), shown.get(model)!, o.answer);
    process.stdout.write(
      `${[`Model ${model}`, ...lines, ...(await witness(one, model, o, options)), ...verdict.lines, ''].join('\n')}\n`,
    );
    worst = Math.max(worst, verdict.code);
  }
  if (options.promote === true) promote(path, shown);
  if (options.reference !== undefined) process.stdout.write(`${onlyLines(observations).join('\n')}\n`);
  return worst;
}

const CODES: Readonly<Record<Answer, ExitCode>> = {
  ok: ExitCode.Clean,
  no: ExitCode.Findings,
  undecided: ExitCode.ProvesNothing,
};

function compared(
  expected: readonly string[] | undefined,
  shown: readonly string[],
  answer: Answer,
): { lines: readonly string[]; code: ExitCode } {
  if (expected === undefined) return { lines: [], code: CODES[answer] };
  const lines = differences(expected, shown);
  if (lines.length === 0) return { lines: ['as expected'], code: ExitCode.Clean };
  return { lines: ['NOT as expected:', ...lines], code: ExitCode.NotReproduced };
}

/** What is expected of models that were not run stays. */
function promote(path: string, shown: Expected): void {
  const before = readExpected(path) ?? new Map<string, readonly string[]>();
  writeExpected(path, new Map([...before, ...shown]));
}

/** The segments of the shortest run that decides, as they are written in a test. */
async function witness(
  { test }: OneRun,
  name: string,
  o: Observation,
  options: LitmusOptions,
): Promise<readonly string[]> {
  const wanted = test.condition.quantifier !== 'forall';
  const paths = o.states.filter((s) => s.holds === wanted).map((s) => s.path);
  if (options.witness !== true || paths.length === 0) return [];
  const path = paths.reduce((a, b) => (b.length < a.length ? b : a));
  const model = await loadModel(absoluteModel(name, process.cwd()), register);
  const { schedule } = openLab(model, model).schedule(test.case, new Listed(path));
  const lines = scheduleLines({ ...test.case, schedule });
  return [`Witness of ${path.length} steps`, 'schedule {', ...lines.map((line) => ` ${line};`), '}'];
}

/** States that one of two models has alone. */
function onlyLines(observations: ReadonlyMap<string, Observation>): readonly string[] {
  const [first, second] = [...observations];
  if (first === undefined || second === undefined) return [];
  const only = ([name, o]: [string, Observation], [, other]: [string, Observation]): string[] =>
    o.states
      .filter((s) => !other.states.some((x) => x.text === s.text))
      .map((s) => `Only on ${name}: ${s.text}`);
  const lines = [...only(first, second), ...only(second, first)];
  return lines.length === 0 ? [`${first[0]} and ${second[0]} have the same states`] : lines;
}
