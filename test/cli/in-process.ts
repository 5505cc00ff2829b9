import { jest } from '@jest/globals';

import { runMain } from '../../src/cli/run-main.js';

/** Runs a command line in this process. No worker can be hired here: workers are started from the build. */
export async function run(...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const said = { out: '', err: '' };
  const into = (where: 'out' | 'err') => (text: unknown) => {
    said[where] += String(text);
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(into('out'));
  jest.spyOn(process.stderr, 'write').mockImplementation(into('err'));
  process.exitCode = undefined;
  try {
    await runMain(['node', 'shootdown', ...args]);
    return { code: process.exitCode, ...said };
  } finally {
    process.exitCode = undefined;
    jest.restoreAllMocks();
  }
}
