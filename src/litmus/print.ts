import type { Callable } from '../program/callable.js';
import { cpusOf, pagesOf } from '../report/names.js';
import { conditionText, type Names } from './condition.js';
import type { LitmusTest } from './litmus-test.js';
import { scheduleLines, threadLines } from './print-threads.js';
import { worldLines } from './print-world.js';

/** Columns that quoted prose is wrapped to. */
const WIDTH = 100;

/** The text of a litmus file; {@link parseLitmus} reads the same test back. */
export function printLitmus(test: LitmusTest, callables: readonly Callable[]): string {
  const names: Names = { cpus: cpusOf(test.case), pages: pagesOf(test.case) };
  const schedule = scheduleLines(test.case);
  const blocks = [
    [
      `shootdown ${test.name}`,
      ...(test.about === '' ? [] : proseLines(test.about)),
      '{',
      ...worldLines(test.case).map((line) => ` ${line};`),
      '}',
    ],
    threadLines(test.case, callables),
    schedule.length === 0 ? [] : ['schedule {', ...schedule.map((line) => ` ${line};`), '}'],
    [...runLines(test), ...(test.finding === undefined ? [] : [`finding ${test.finding}`])],
    [conditionText(test.condition, names)],
  ];
  const full = blocks.filter((lines) => lines.length > 0);
  return `${full.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** What it is run on, and how far. */
function runLines({ models, bounds }: LitmusTest): string[] {
  const limits = Object.entries(bounds).map(([name, value]) => `${name} ${value}`);
  return [
    ...(models.length === 0 ? [] : [`models ${models.map(modelText).join(', ')}`]),
    ...(limits.length === 0 ? [] : [`bounds ${limits.join(', ')}`]),
  ];
}

function modelText(name: string): string {
  return /^[^\s",;(){}|]+$/.test(name) ? name : JSON.stringify(name);
}

/** The text quoted, and wrapped at its single spaces: a line break and what stands before the next word is one. */
function proseLines(text: string): string[] {
  const words = JSON.stringify(text).split(/(?<=\S) (?=\S)/);
  const lines: string[] = [];
  for (const word of words) {
    const last = lines[lines.length - 1];
    if (last === undefined || last.length + word.length + 1 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
