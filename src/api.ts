/** What a model file of a user's own may import: the step language and the kernel's verbs. */
export * from './program/build.js';
export { drop, insert, move, mute, notify, type Edit, type Model } from './program/model.js';
export { operation } from './program/operation.js';
export { callables, models } from '../models/models.js';
export * as entry from './kernel/entry.js';
export * as locks from './kernel/locks.js';
export * as notifier from './kernel/notifier.js';
export * as page from './kernel/page.js';
export * as pgtable from './kernel/pgtable.js';
export * as range from './kernel/range.js';
export * as rmap from './kernel/rmap.js';
export * as tlb from './kernel/tlb.js';
