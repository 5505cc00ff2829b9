import type { Model } from '../src/program/model.js';
import { always_notify } from './always-notify.js';
import { backports } from './backports-4.4.js';
import { leaf_callback } from './leaf-callback.js';
import { optimized } from './optimized.js';
import { v4_4 } from './v4.4.js';
import { v4_12 } from './v4.12.js';
import { v4_14 } from './v4.14.js';
import { v4_15 } from './v4.15.js';
import { v5_0 } from './v5.0.js';
import { v5_10 } from './v5.10.js';
import { v5_15 } from './v5.15.js';
import { v6_1 } from './v6.1.js';
import { v6_6 } from './v6.6.js';
import { v6_12 } from './v6.12.js';

export { changes } from './changes.js';
export { kernelAt } from './history.js';
export { neighboursOf, type Difference, type Neighbour } from './neighbours.js';
export { hunks } from './patch-2017.js';
export { callables } from './operations/register.js';
export * as notifier from './operations/mmu_notifier.js';

/** The built-in models, by name. */
export const models: readonly Model[] = [
  always_notify,
  optimized,
  leaf_callback,
  v4_4,
  v4_12,
  v4_14,
  v4_15,
  v5_0,
  v5_10,
  v5_15,
  v6_1,
  v6_6,
  v6_12,
  ...backports,
];
