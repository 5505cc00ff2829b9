import type { ArgKind, Callable } from '../../src/program/callable.js';
import { VMA_KINDS } from '../../src/scenario/world-rules.js';

/** Callables without steps: what the generator needs to know of an operation, and no more. */
function fake(
  name: string,
  args: readonly ArgKind[],
  on: readonly string[],
  more: Partial<Pick<Callable, 'by' | 'choices' | 'writes'>> = {},
): Callable {
  const operation = {
    name,
    from: 'fake.c',
    version: 'v4.14',
    takes: [],
    gives: [],
    locals: [],
    steps: [],
  };
  return { operation, by: 'cpu', args, on, choices: [], writes: false, ...more };
}

export const FAKES: readonly Callable[] = [
  fake('user_read', ['addr', 'word'], VMA_KINDS),
  fake('user_write', ['addr', 'word'], VMA_KINDS, { writes: true, choices: ['page-allocation-fails'] }),
  fake('device_read', ['addr', 'word'], VMA_KINDS, { by: 'device' }),
  fake('device_write', ['addr', 'word'], VMA_KINDS, { by: 'device', writes: true }),
  fake('device_prefetch', ['addr'], VMA_KINDS, { by: 'device' }),
  fake('munmap', ['addr', 'count'], ['anon', 'file-shared', 'hugetlb-shared'], { choices: ['gather-full'] }),
  fake('mremap', ['addr', 'count', 'addr'], ['anon', 'file-private']),
  fake('mprotect', ['addr', 'count', 'prot'], ['anon', 'file-shared']),
  fake('fork', ['other-mm'], ['anon']),
  fake('ksm_scan', ['any-addr', 'any-addr'], ['anon'], { writes: true }),
  fake('collapse', ['own-pmd'], ['anon']),
  fake('split', ['pmd'], ['anon'], { choices: ['huge-allocation-fails', 'page-allocation-fails'] }),
  fake('writeback', ['file'], ['file-shared', 'dax']),
  fake('exit_mm', ['mm'], ['anon']),
  fake('hugetlb_mprotect', ['own-pmd', 'prot'], ['hugetlb-private', 'hugetlb-shared']),
];
