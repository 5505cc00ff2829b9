import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

import { BadInput } from '../base/errors.js';
import { reason, replaceFile } from '../campaign/disk.js';

/** What is expected of a test, by model: the lines below `Model NAME`. */
export type Expected = ReadonlyMap<string, readonly string[]>;

export function expectedPath(litmus: string): string {
  return `${litmus}.expected`;
}

/** What stands beside the test; undefined when nothing does. Throws {@link BadInput}. */
export function readExpected(litmus: string): Expected | undefined {
  const path = expectedPath(litmus);
  if (!existsSync(path)) return undefined;
  try {
    return parseExpected(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(`Cannot read ${path} (${reason(error)}); expected what the test beside it shows.`);
  }
}

function parseExpected(text: string, path: string): Expected {
  const blocks = new Map<string, string[]>();
  let block: string[] | undefined;
  text.split(/\r?\n/).forEach((line, i) => {
    const model = /^Model (.+)$/.exec(line)?.[1];
    if (model !== undefined) blocks.set(model, (block = []));
    else if (line.trim() === '') return;
    else if (block === undefined)
      throw new BadInput(`${path}, line ${i + 1}: expected "Model" and a name first.`);
    else block.push(line);
  });
  return blocks;
}

export function printExpected(expected: Expected): string {
  return [...expected].map(([model, lines]) => `Model ${model}\n${lines.join('\n')}\n`).join('\n');
}

export function writeExpected(litmus: string, expected: Expected): void {
  const path = expectedPath(litmus);
  replaceFile(dirname(path), basename(path), printExpected(expected));
}

/** The lines that are missing, marked -, and those that are too many, marked +; none when they are equal. */
export function differences(expected: readonly string[], shown: readonly string[]): readonly string[] {
  if (expected.join('\n') === shown.join('\n')) return [];
  const gone = expected.filter((line) => !shown.includes(line)).map((line) => `- ${line}`);
  const more = shown.filter((line) => !expected.includes(line)).map((line) => `+ ${line}`);
  return gone.length + more.length > 0 ? [...gone, ...more] : ['the lines stand in another order'];
}
