import type { Model } from '../src/program/model.js';
import { always_notify } from './always-notify.js';
import { optimized } from './optimized.js';
import { v4_14 } from './v4.14.js';
import { v4_15 } from './v4.15.js';

export { hunks } from './patch-2017.js';
export { callables } from './operations/register.js';

/** The built-in models, by name. */
export const models: readonly Model[] = [always_notify, optimized, v4_14, v4_15];
