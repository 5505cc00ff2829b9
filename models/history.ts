import { existsIn, type KernelVersion, type Lifetime } from '../src/program/kernel-version.js';
import type { CowReuse, Edit, Era, Model } from '../src/program/model.js';
import { inFlush } from './history/in-flush.js';

/**
 * One change of the kernel, as edits of the base operations (v4.14). `since` and `until` say in which releases it is
 * there: a change that came after v4.14 has `since`; what v4.14 no longer has, and older kernels do, has `until`.
 */
export interface Change extends Lifetime {
  /** Commit id of twelve digits, or `unknown` when no tree or message was read that names it. */
  readonly commit: string;
  /** What it changes, one line, in the kernel's words. */
  readonly about: string;
  /** Only inferred from neighbours, or from memory: `list models` says so. */
  readonly unverified?: boolean;
  readonly edits: readonly Edit[];
}

export interface Release {
  readonly version: KernelVersion;
  readonly about: string;
  readonly readFrom: string;
  readonly era: Era;
  readonly cowReuse: CowReuse;
}

/** A kernel as shipped: the base operations with every change that is there in its release. */
export function kernelAt(release: Release, changes: readonly Change[]): Model {
  return kernelWith(
    release,
    changes.filter((c) => existsIn(c, release.version)),
  );
}

/** The base operations with these changes, whatever their releases are. */
export function kernelWith(release: Release, there: readonly Change[]): Model {
  const edits = there.flatMap((c) => c.edits);
  return {
    name: `v${release.version}`,
    about: release.about,
    readFrom: release.readFrom,
    kernel: release.version,
    era: release.era,
    cowReuse: release.cowReuse,
    unverified: there.filter((c) => c.unverified === true).map((c) => `${c.about} (${c.commit})`),
    edits: release.era === '6.6-' ? [...edits, ...inFlush(edits)] : edits,
  };
}
