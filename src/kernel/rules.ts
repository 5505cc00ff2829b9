/** The rules that the kernel sets itself, each with where it is written. Reports quote them. */
export const RULE = {
  PAIRED:
    'include/linux/mmu_notifier.h, v4.14: invalidate_range_start() and invalidate_range_end() must be paired',
  BRACKET:
    'include/linux/mmu_notifier.h, v4.14: a subscriber with range_start and range_end alone relies on both around every change of an entry that it may hold',
  INVALIDATE_PAGE:
    'include/linux/mmu_notifier.h, v4.12: invalidate_page is called for an address whose entry has been cleared, before the page is given back',
  RANGE_SLEEPS:
    'include/linux/mmu_notifier.h, v4.14: invalidate_range_start() and invalidate_range_end() may sleep; they are called under mmap_sem and rmap locks, not under a spinlock',
  SLEEPS:
    'Documentation/kernel-hacking/hacking.rst, v4.14: nothing that may sleep is called with a spinlock held',
  NONBLOCK:
    'include/linux/mmu_notifier.h, v5.0: a start that may not block must not sleep; it returns -EAGAIN instead',
  REFUSED:
    'include/linux/mmu_notifier.h, v5.0: after -EAGAIN the range has not begun, and invalidate_range_end is not called',
  GONE: 'mm/mmu_notifier.c, v4.14: after mmu_notifier_unregister no method of the notifier can run any more',
  BOTH: 'mm/mmu_notifier.c, v6.6: a subsystem registers arch_invalidate_secondary_tlbs or invalidate_range_start and _end, not both',
  EMPTY: 'include/linux/mmu_notifier.h, v4.14: the range holds all pages whose entries change',
  LOCKS:
    'include/linux/spinlock.h and include/linux/rwsem.h, v4.14: a lock is released once, by who holds it',
} as const;
