import type { Lifetime } from './kernel-version.js';
import type { Operation } from './step.js';

/**
 * What kind of number an argument of a program operation is, so that cases can be drawn, shrunk and printed:
 * - `addr`: a page of the caller's mm; `any-addr`: a page of any mm (kernel threads work on everybody's)
 * - `count`: pages from the address before it, at least 1, not past the end of the mm
 * - `pmd`: first page of a PMD region of any mm; `own-pmd`: of the caller's mm
 * - `word`: 0 or 1; `prot`: 0 read-only, 1 read-write; `file`: a page of the world's files; `mm`: an mm
 * - `file-count`: pages from the file page before it, at least 1, not past the end of its file
 * - `other-mm`: an mm that is not the caller's
 * - `device`: one of the case's devices, by its number among them
 */
export type ArgKind =
  | 'addr'
  | 'any-addr'
  | 'count'
  | 'pmd'
  | 'own-pmd'
  | 'word'
  | 'prot'
  | 'file'
  | 'file-count'
  | 'mm'
  | 'other-mm'
  | 'device';

/** A program operation: one that the threads of a case can call, in the kernels that have it. */
export interface Callable extends Lifetime {
  readonly operation: Operation;
  readonly by: 'cpu' | 'device';
  /** One a value that the operation takes. */
  readonly args: readonly ArgKind[];
  /** Kinds of vma (scenario/case) on which it is worth calling. */
  readonly on: readonly string[];
  /** Choice points (kernel/choice) on its way. */
  readonly choices: readonly string[];
  /** How often it is drawn beside the others, 1 when left out. */
  readonly weight?: number;
  /** It writes user memory: its tag counts as a write. */
  readonly writes: boolean;
}
