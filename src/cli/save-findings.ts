import { join } from 'node:path';

import { bucketName } from '../campaign/bucket.js';
import { printFindingFile } from '../campaign/case-file.js';
import { CrashStore } from '../campaign/crash-store.js';
import type { Recipe } from '../campaign/job.js';
import { traceTwice } from '../campaign/trace-hash.js';
import type { Finding } from '../run/finding.js';
import type { Laboratory } from '../run/laboratory.js';
import { openJob, textsOf } from './trade.js';
import { version } from './version.js';

/** Saves what exploration finds as a campaign saves what it finds. */
export async function saver(
  recipe: Recipe,
  lab: Laboratory,
  crashes: string | undefined,
  seed: string,
): Promise<(finding: Finding) => string | undefined> {
  if (crashes === undefined) return () => undefined;
  const { candidate, reference } = await openJob(recipe);
  const store = new CrashStore(crashes, () => new Date().toISOString());
  return (finding) => {
    const bucket = bucketName(finding);
    const { trace, readme } = textsOf(lab, finding);
    const file = printFindingFile({
      finding,
      candidate,
      reference,
      origin: { seed, index: 0 },
      shrunk: { tried: 0, capped: true, minimal: false },
      traceHash: traceTwice(lab, finding.case).hashes,
      version,
    });
    store.save(bucket, { 'case.json': file, 'trace.txt': trace, 'README.md': readme });
    return join(crashes, bucket);
  };
}
