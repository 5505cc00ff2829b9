import { join } from 'node:path';

import { bucketName, isFailure } from './bucket.js';
import { printFindingFile } from './case-file.js';
import type { CrashStore } from './crash-store.js';
import type { ModelData } from './job.js';
import type { Ledger, Sample } from './ledger.js';
import type { FindingRecord } from './records.js';
import type { ShrinkResult } from './task.js';

/** What stands in every file of the campaign. */
export interface Provenance {
  readonly seed: string;
  readonly version: string;
  readonly candidate: ModelData;
  readonly reference: ModelData;
}

/** The findings of a campaign by bucket: saves them, counts them, and tells of each new one once. */
export class Findings {
  private readonly buckets = new Map<string, FindingRecord>();
  /** Which bucket the hits of a key count for, and how many were counted. */
  private readonly owners = new Map<string, { bucket: string; counted: number }>();
  timingOnly = 0;
  unconfirmed = 0;

  constructor(
    private readonly ledger: Ledger,
    private readonly store: CrashStore | undefined,
    private readonly provenance: Provenance,
    private readonly found: (record: FindingRecord) => void,
  ) {}

  /** Enters one shrunk sample: on disk first, told then. */
  enter(sample: Sample, result: ShrinkResult): void {
    const { shrunk, rendered } = result;
    if (shrunk === undefined || rendered === undefined) {
      this.timingOnly++;
      return;
    }
    const bucket = bucketName(shrunk.finding);
    const known = this.buckets.get(bucket);
    const saved = this.store?.save(bucket, {
      'case.json': this.print(sample, result),
      'trace.txt': rendered.trace,
      'README.md': rendered.readme,
    });
    if (known === undefined) {
      const record: FindingRecord = {
        bucket,
        directory: this.store === undefined ? undefined : join(this.store.path, bucket),
        shrunk,
        index: sample.index,
        isNew: saved !== 'known' && saved !== 'sample',
        count: 0,
      };
      this.buckets.set(bucket, record);
      this.own(sample, bucket);
      this.count();
      this.found(record);
    } else this.own(sample, bucket);
  }

  private own(sample: Sample, bucket: string): void {
    if (sample.first) this.owners.set(sample.key, { bucket, counted: 0 });
    // A later sample of a key that ended elsewhere counts for itself alone.
    else if (this.owners.get(sample.key)?.bucket !== bucket) this.add(bucket, 1);
  }

  private add(bucket: string, hits: number): void {
    this.buckets.get(bucket)!.count += hits;
    this.store?.add(bucket, hits);
  }

  /** Brings the counts up to the ledger's, here and on disk. */
  count(): void {
    for (const [key, owner] of this.owners) {
      const hits = this.ledger.hits(key);
      if (hits === owner.counted) continue;
      this.add(owner.bucket, hits - owner.counted);
      owner.counted = hits;
    }
    this.store?.flush();
  }

  private print(sample: Sample, result: ShrinkResult): string {
    const { finding, tried, capped, stopped, minimal } = result.shrunk!;
    return printFindingFile({
      finding,
      candidate: this.provenance.candidate,
      reference: this.provenance.reference,
      origin: { seed: this.provenance.seed, index: sample.index },
      shrunk: { tried, capped: capped || stopped, minimal },
      traceHash: result.rendered!.traceHash,
      version: this.provenance.version,
    });
  }

  /** Failures first, then in the order of the cases that found them. */
  list(): FindingRecord[] {
    const rank = (r: FindingRecord): number => (isFailure(r.shrunk.finding.class) ? 0 : 1);
    return [...this.buckets.values()].sort((a, b) => rank(a) - rank(b) || a.index - b.index);
  }
}
