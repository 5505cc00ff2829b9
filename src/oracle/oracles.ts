import { contract } from './contract.js';
import { freedPage } from './freed-page.js';
import { lostDirty } from './lost-dirty.js';
import { lostWrite } from './lost-write.js';
import type { Oracle } from './oracle.js';
import { staleEntry } from './stale-entry.js';
import { stalePermission } from './stale-permission.js';
import { staleRead } from './stale-read.js';

/** The register of oracles, in the order in which they are asked. Deadlock and no-progress are the run loop's. */
export const ORACLES: readonly Oracle[] = [
  freedPage,
  lostWrite,
  staleRead,
  stalePermission,
  lostDirty,
  staleEntry,
  contract,
];
