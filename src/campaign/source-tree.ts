import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { BadInput } from '../base/errors.js';
import type { SourceTree } from '../patch/tree.js';
import { loadCGrammar } from './c-grammar.js';

/**
 * The kernel sources in a directory, read only, and never a file outside of it. Throws {@link BadInput} when it is no
 * kernel tree.
 */
export async function openSourceTree(directory: string): Promise<SourceTree> {
  if (statSync(join(directory, 'mm'), { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new BadInput(`${directory} has no directory mm; expected a tree of Linux sources.`);
  const root = realpathSync(directory);
  return { read: (path) => readInside(root, path), functions: await loadCGrammar() };
}

function readInside(root: string, path: string): string | undefined {
  const file = join(root, path);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  if (!realpathSync(file).startsWith(root + sep))
    throw new BadInput(`${path} is a link out of the tree; expected a source file.`);
  return readFileSync(file, 'utf8');
}
