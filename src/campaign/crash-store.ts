import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { BadInput } from '../base/errors.js';
import { createDirectory, openDirectory, reason, removeStale, replaceFile } from './disk.js';

/** Beside the first case, a bucket keeps at most this many others. */
const MOST_SAMPLES = 3;
const SEEN = 'seen.json';

const seenSchema = z.strictObject({
  format: z.literal(1),
  count: z.int().min(0),
  firstSeen: z.string(),
  lastSeen: z.string(),
});
type Seen = z.infer<typeof seenSchema>;

/** The files of one finding. */
export interface CrashFiles {
  readonly 'case.json': string;
  readonly 'trace.txt': string;
  readonly 'README.md': string;
}

/**
 * The crash directory: one directory a bucket, with case.json, trace.txt, README.md and seen.json (how often, first and
 * last time), and at most three more cases. What a method was called for is on disk when it returns.
 */
export class CrashStore {
  private readonly seen = new Map<string, Seen>();
  private readonly changed = new Set<string>();

  /** Opens or makes the directory and clears away what killed campaigns left. Throws {@link BadInput}. */
  constructor(
    readonly path: string,
    private readonly now: () => string,
  ) {
    openDirectory(path, 'crash directory');
    removeStale(path);
    for (const name of readdirSync(path)) {
      const at = join(path, name);
      if (statSync(at, { throwIfNoEntry: false })?.isDirectory() !== true) continue;
      if (existsSync(join(at, 'case.json'))) this.seen.set(name, readSeen(at, now));
    }
  }

  has(bucket: string): boolean {
    return this.seen.has(bucket);
  }

  /** Hits of the bucket over all campaigns. */
  count(bucket: string): number {
    return this.seen.get(bucket)?.count ?? 0;
  }

  /** Saves a finding: `new` bucket, another `sample` of a known one, or `known` and nothing written. */
  save(bucket: string, files: CrashFiles): 'new' | 'sample' | 'known' {
    if (this.seen.has(bucket)) return this.addSample(bucket, files['case.json']);
    const time = this.now();
    const seen: Seen = { format: 1, count: 0, firstSeen: time, lastSeen: time };
    if (!createDirectory(this.path, bucket, { ...files, [SEEN]: print(seen) })) {
      // Another campaign on this directory was faster.
      this.seen.set(bucket, readSeen(join(this.path, bucket), this.now));
      return 'known';
    }
    this.seen.set(bucket, seen);
    return 'new';
  }

  private addSample(bucket: string, text: string): 'sample' | 'known' {
    const at = join(this.path, bucket);
    const cases = readdirSync(at).filter((file) => /^case(-\d+)?\.json$/.test(file));
    if (cases.length > MOST_SAMPLES) return 'known';
    if (cases.some((file) => sameCase(readFileSync(join(at, file), 'utf8'), text))) return 'known';
    replaceFile(at, `case-${cases.length}.json`, text);
    return 'sample';
  }

  /** Counts more hits; on disk after the next flush. */
  add(bucket: string, hits: number): void {
    const seen = this.seen.get(bucket);
    if (seen === undefined || hits === 0) return;
    this.seen.set(bucket, { ...seen, count: seen.count + hits, lastSeen: this.now() });
    this.changed.add(bucket);
  }

  flush(): void {
    for (const bucket of this.changed) {
      const at = join(this.path, bucket);
      // Whoever moves a bucket away during a campaign has dealt with it.
      if (existsSync(at)) replaceFile(at, SEEN, print(this.seen.get(bucket)!));
    }
    this.changed.clear();
  }
}

function print(seen: Seen): string {
  return `${JSON.stringify(seen, null, 2)}\n`;
}

/** The same input, wherever it was found. */
function sameCase(a: string, b: string): boolean {
  const caseOf = (text: string): string => text.slice(text.lastIndexOf('\n  "case": '));
  return caseOf(a) === caseOf(b);
}

function readSeen(bucket: string, now: () => string): Seen {
  const path = join(bucket, SEEN);
  if (!existsSync(path)) return { format: 1, count: 0, firstSeen: now(), lastSeen: now() };
  try {
    return seenSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? 'not the form that shootdown writes' : reason(error);
    throw new BadInput(
      `Cannot read ${path} (${why}); expected the counts of a bucket, remove the file to start anew.`,
    );
  }
}
