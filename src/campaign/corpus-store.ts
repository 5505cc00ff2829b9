import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { hashText } from '../base/hash.js';
import { BadInput } from '../base/errors.js';
import type { Case } from '../scenario/case.js';
import { FORMAT, LARGEST_FILE, parseCaseFile } from './case-file.js';
import { openDirectory, reason, removeStale, replaceFile } from './disk.js';
import type { Provenance } from './findings.js';
import type { Line } from './line.js';

/** Reads a file of at most the size of a case; throws {@link BadInput}. */
export function readCaseText(path: string): string {
  try {
    const size = statSync(path).size;
    if (size > LARGEST_FILE)
      throw new BadInput(
        `${path} has ${size} bytes; a case file has at most ${LARGEST_FILE / 1024 / 1024} MiB.`,
      );
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(`Cannot read ${path} (${reason(error)}); expected a case file.`);
  }
}

/** A directory of cases that reached something first. */
export class CorpusStore {
  private readonly known = new Set<string>();
  kept = 0;

  /** Opens or makes the directory and reads what its cases reached. Throws {@link BadInput}. */
  constructor(
    readonly path: string,
    private readonly provenance: Provenance,
  ) {
    openDirectory(path, 'corpus');
    removeStale(path);
    for (const file of readdirSync(path)) {
      if (!file.endsWith('.json')) continue;
      const at = join(path, file);
      for (const name of parseCaseFile(readCaseText(at), at).reached ?? []) this.known.add(name);
    }
  }

  /** Keeps the cases that first reached something new. `draw` makes the last case of a line again. */
  keep(firsts: ReadonlyMap<string, Line>, draw: (line: Line) => Case): void {
    const byCase = new Map<number, { line: Line; reached: string[] }>();
    for (const [name, line] of firsts) {
      if (this.known.has(name)) continue;
      this.known.add(name);
      const index = line[line.length - 1];
      const kept = byCase.get(index) ?? { line, reached: [] };
      kept.reached.push(name);
      byCase.set(index, kept);
    }
    for (const [index, { line, reached }] of [...byCase].sort(([a], [b]) => a - b)) {
      const { seed, version, candidate, reference } = this.provenance;
      const origin = { seed, index };
      const kept = draw(line);
      const file = {
        format: FORMAT,
        shootdown: version,
        class: 'unjudged',
        candidate,
        reference,
        origin,
        reached,
        case: kept,
      };
      replaceFile(
        this.path,
        `${hashText(JSON.stringify([origin, kept]))}.json`,
        `${JSON.stringify(file, null, 2)}\n`,
      );
      this.kept++;
    }
  }
}
