import type { Model } from '../src/program/model.js';
import { operationsIn } from '../src/program/operations-in.js';
import { slotsOf } from '../src/program/union.js';
import { always_notify } from './always-notify.js';
import { callables } from './operations/register.js';
import { editsOf, hunks } from './patch-2017.js';

/**
 * The default candidate: the reference with exactly the hunks of the 2017 patch. What differs between the two is the
 * patch's doing.
 */
export const optimized: Model = {
  ...always_notify,
  name: 'optimized',
  about: 'always-notify with the hunks of "avoid double notification when it is useless" (v2, October 2017)',
  edits: [
    ...always_notify.edits,
    ...editsOf(hunks, slotsOf(operationsIn(callables.map((c) => c.operation)))),
  ],
};
