import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { expect } from '@jest/globals';

/**
 * Expects the text of a file under test/golden; `npm run goldens` writes what the text is now, to be read before it is
 * committed.
 */
export function expectGolden(name: string, text: string): void {
  const path = `test/golden/${name}`;
  if (process.env['UPDATE_GOLDENS'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(existsSync(path) ? readFileSync(path, 'utf8') : `${path} is missing; see "npm run goldens"`).toBe(
    text,
  );
}
