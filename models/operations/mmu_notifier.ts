/** The notifier's own functions, as operations call them: what a model file of a user's own writes brackets with. */
export {
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_only_end,
} from './mmu_notifier_invalidate_range_end.js';
export { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';
export { mmu_notifier_invalidate_range_start_nonblock } from './mmu_notifier_invalidate_range_start_nonblock.js';
export { mmu_notifier_release } from './mmu_notifier_release.js';
export { set_pte_at_notify } from './set_pte_at_notify.js';
