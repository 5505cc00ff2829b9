import type { KernelVersion } from './kernel-version.js';
import type { Step } from './step.js';

/**
 * A step of an operation, by its C anchor: the n-th call of `callee` in the operation's own text (1-based, preorder),
 * counted inside `branch` if one is named. `part` names one part of an expanded verb. With `put` it is counted among what
 * earlier edits of the same model put into the operation, in the order of the edits.
 */
export interface Locator {
  readonly callee: string;
  readonly nth?: number;
  readonly branch?: string;
  readonly part?: string;
  readonly put?: true;
}

/** One change of one operation. A kernel is its base operations plus a list of these. */
export type Edit =
  | { readonly kind: 'mute'; readonly site: string; readonly slot: string }
  | { readonly kind: 'notify'; readonly site: string; readonly slot: string }
  | { readonly kind: 'drop'; readonly in: string; readonly step: Locator; readonly why?: string }
  | {
      readonly kind: 'insert';
      readonly in: string;
      readonly at: 'before' | 'after';
      readonly step: Locator;
      readonly steps: readonly Step[];
      readonly why?: string;
    };

/**
 * Which rule lets a write fault reuse an anonymous page in place: `mapcount` up to v5.8, waiting for the page lock;
 * `page_count` v5.9 to v5.18, trylock; `anon-exclusive` from v5.19.
 */
export const COW_REUSE = ['mapcount', 'page_count', 'anon-exclusive'] as const;
export type CowReuse = (typeof COW_REUSE)[number];

/**
 * What the callbacks of the notifier mean: up to v4.12 there is invalidate_page; from v4.13 range_end also invalidates,
 * and from v4.15 `_only_end` does not; from v6.6 the CPU flush helpers carry the secondary invalidation and range_end
 * flushes nothing.
 */
export const ERAS = ['4.4-4.12', '4.13-4.14', '4.15-6.5', '6.6-'] as const;
export type Era = (typeof ERAS)[number];

/**
 * A kernel: the base operations (read at v4.14), the edits that make it this one, its era and its rules.
 * `readFrom` says which trees its difference to the base was read in.
 */
export interface Model {
  readonly name: string;
  readonly about: string;
  readonly readFrom: string;
  /** The release that it stands for: cases hold only operations that exist in it. None: all operations. */
  readonly kernel?: KernelVersion;
  /** Facts that it uses and nobody has read in a tree; each one sentence. */
  readonly unverified?: readonly string[];
  /** A draft that review refused, and why: the static checks find it too. It can be run like any other. */
  readonly refused?: string;
  readonly era: Era;
  readonly cowReuse: CowReuse;
  readonly edits: readonly Edit[];
}

/** Takes a notification away. Without a slot: the slots inside the lock, never range-end. */
export function mute(site: string, slot: string): Edit {
  return { kind: 'mute', site, slot };
}

/** Places a notification in a slot. */
export function notify(site: string, slot: string): Edit {
  return { kind: 'notify', site, slot };
}

export function drop(operation: string, step: Locator, why?: string): Edit {
  return why === undefined
    ? { kind: 'drop', in: operation, step }
    : { kind: 'drop', in: operation, step, why };
}

export function insert(
  operation: string,
  at: 'before' | 'after',
  step: Locator,
  steps: readonly Step[],
  why?: string,
): Edit {
  return why === undefined
    ? { kind: 'insert', in: operation, at, step, steps }
    : { kind: 'insert', in: operation, at, step, steps, why };
}

/** A move is a drop and an insert of the same call elsewhere. */
export function move(
  operation: string,
  step: Locator,
  at: 'before' | 'after',
  target: Locator,
  steps: readonly Step[],
  why?: string,
): readonly Edit[] {
  return [drop(operation, step, why), insert(operation, at, target, steps, why)];
}
