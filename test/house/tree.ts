import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

/** Source text by path from the repository root, with forward slashes. */
export type Tree = ReadonlyMap<string, string>;

export interface Import {
  line: number;
  /** As written. */
  specifier: string;
  /** Path from the root for a relative import, undefined for a package. */
  target: string | undefined;
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The TypeScript files under these top folders; a folder that is not there holds none. */
export function read_tree(...folders: string[]): Tree {
  const tree = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else if (/\.[cm]?tsx?$/.test(entry.name)) tree.set(path, readFileSync(join(root, path), 'utf8'));
    }
  };
  const present = new Set(readdirSync(root));
  for (const folder of folders) if (present.has(folder)) visit(folder);
  return new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every import, re-export, import type, dynamic import and require of one file. */
export function imports_of(path: string, text: string): Import[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles.map(({ fileName, pos }) => ({
    line: text.slice(0, pos).split('\n').length,
    specifier: fileName,
    target: /^\.{1,2}(\/|$)/.test(fileName)
      ? posix.join(posix.dirname(path), fileName).replace(/\.(m?)js$/, '.$1ts')
      : undefined,
  }));
}

/** The nodes of one cycle in walking order, first repeated last; undefined when there is none. */
export function find_cycle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (node: string): string[] | undefined => {
    const at = trail.indexOf(node);
    if (at >= 0) return [...trail.slice(at), node];
    if (done.has(node)) return undefined;
    trail.push(node);
    for (const next of edges.get(node) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    trail.pop();
    done.add(node);
    return undefined;
  };
  for (const node of edges.keys()) {
    const cycle = visit(node);
    if (cycle) return cycle;
  }
  return undefined;
}
