import { call } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { MM_CP_UFFD_WP, MM_CP_UFFD_WP_RESOLVE } from '../../src/kernel/mprotect.js';
import { mwriteprotect_range } from './mwriteprotect_range.js';
import { userfaultfd_register } from './userfaultfd_register.js';

/** A monitor watches writes to the range: it registers it, and protects what is there. */
export const uffd_write_protect = operation({
  name: 'uffd_write_protect',
  from: 'user space',
  version: 'v5.7',
  takes: ['start', 'count'],
  steps: ({ start, count }) => [
    call(userfaultfd_register, { start, count }),
    call(mwriteprotect_range, { start, count, cp_flags: MM_CP_UFFD_WP }),
  ],
});

/** The monitor lets writes to the range through, unasked. */
export const uffd_un_protect = operation({
  name: 'uffd_un_protect',
  from: 'user space',
  version: 'v5.7',
  takes: ['start', 'count'],
  steps: ({ start, count }) => [call(mwriteprotect_range, { start, count, cp_flags: MM_CP_UFFD_WP_RESOLVE })],
});
