import { hashText } from '../base/hash.js';
import { signatureOf, type Finding, type FindingClass } from '../run/finding.js';

/** These make a run fail; the others are reported in a section of their own. */
export function isFailure(c: FindingClass): boolean {
  return c === 'candidate-only' || c === 'divergence';
}

/** `switch=value` for every switch of the case that is not conforming. */
export function quirksOfCase(finding: Finding): string[] {
  return Object.entries(finding.case.hardware)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

/**
 * What tells raw findings apart before they are shrunk. The hardware is part of it for failures, so that a harmless
 * finding on odd hardware never hides a regression of the same kind on conforming hardware.
 */
export function sampleKey(finding: Finding): string {
  const signature = signatureOf(finding);
  return isFailure(finding.class) ? `${signature} ${quirksOfCase(finding).join(' ')}`.trimEnd() : signature;
}

/** What tells shrunk findings apart: what went wrong, where, and the hardware that it needs; and in which models. */
export function bucketKey(finding: Finding): string {
  const key = `${signatureOf(finding)} ${finding.candidate} ${finding.reference}`;
  return `${key} ${quirksOfCase(finding).join(' ')}`.trimEnd();
}

/** `candidate-only-try_to_unmap_one_migration-1a2b3c4d`: a name that is the same in every campaign. */
export function bucketName(finding: Finding): string {
  const site = finding.violation.site === '' ? 'no-site' : finding.violation.site;
  const safe = site.replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, 80);
  return `${finding.class}-${safe}-${hashText(bucketKey(finding)).slice(0, 8)}`;
}

/** Operations, threads and segments of a case. */
export function sizeOf(finding: Finding): { operations: number; threads: number; segments: number } {
  const threads = finding.case.threads.filter((t) => t.operations.length > 0);
  return {
    operations: threads.reduce((sum, t) => sum + t.operations.length, 0),
    threads: threads.length,
    segments: finding.case.schedule.length,
  };
}

/**
 * From which hit of a key on, counted from 1, the next sample is worth shrinking when `taken` were. Failures are sampled
 * again when they keep coming: another path to a bug may hide behind the signature of the first. What fails no run is
 * sampled once.
 */
export function nextSample(finding: Finding, taken: number): number {
  if (taken === 0) return 1;
  if (!isFailure(finding.class)) return Infinity;
  return (quirksOfCase(finding).length === 0 ? 8 : 64) ** taken;
}
