import type { Model } from '../src/program/model.js';
import { v4_14 } from './v4.14.js';

export { callables } from './operations/register.js';

/** The built-in models, by name. */
export const models: readonly Model[] = [v4_14];
