import type { Change } from './history.js';
import { notifier2017 } from './history/notifier-2017.js';
import { numa } from './history/numa.js';
import { teardown } from './history/teardown.js';

/** Everything that is known of how the base operations changed, before v4.14 and after it, by topic. */
export const changes: readonly Change[] = [...notifier2017, ...numa, ...teardown];
