import { constant } from '../program/build.js';

/** What change_protection is called for: include/linux/mm.h, v5.7. v4.14 has arguments of their own (prot_numa). */

export const MM_CP_NONE = constant('MM_CP_NONE', 0);
/** A NUMA hint: the next access faults, and may bring the page to the right node. */
export const MM_CP_PROT_NUMA = constant('MM_CP_PROT_NUMA', 1);
/** userfaultfd: writes are handed to a monitor from here on. */
export const MM_CP_UFFD_WP = constant('MM_CP_UFFD_WP', 2);
/** userfaultfd: the monitor lets writes through again; the next one faults and becomes an ordinary one. */
export const MM_CP_UFFD_WP_RESOLVE = constant('MM_CP_UFFD_WP_RESOLVE', 4);
