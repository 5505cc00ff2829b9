import { signatureOf } from '../run/finding.js';
import { acceptedSignatures } from './remarks.js';
import type { Evidence, SeriesVerdict } from './verdict.js';

const evidence = (e: Evidence): object => ({
  title: e.title,
  class: e.finding.class,
  kind: e.finding.violation.kind,
  site: e.finding.violation.site,
  agent: e.finding.violation.agent,
  signature: signatureOf(e.finding),
  hardware: e.hardware,
  known: e.known,
  rates: e.finding.rates,
  searched: e.finding.searched,
  ...(e.directory === undefined ? {} : { directory: e.directory }),
  case: e.finding.case,
});

/** The verdict with its evidence, for programs. */
export function renderJson(v: SeriesVerdict): string {
  const value = {
    subjects: v.subjects,
    doubts: v.doubts ?? [],
    base: { model: v.base.model.name, why: v.base.why, score: v.base.score, applied: v.base.applied },
    verdict: v.judgement,
    accepted: acceptedSignatures(v),
    hunks: v.hunks.map((h) => ({
      patch: h.hunk.patch,
      file: h.hunk.file,
      line: h.hunk.line,
      fileLine: h.hunk.fileLine,
      function: h.hunk.function,
      placed: h.hunk.verdict,
      verdict: h.judgement,
      why: h.why,
      reached: h.reach.ran + h.reach.passed,
      reach: h.reach,
      edits: h.hunk.edits.length,
      evidence: h.evidence.map(evidence),
    })),
    joint: v.joint.map(evidence),
    ...(v.missing === undefined ? {} : { missing: v.missing }),
    both: v.both.map(evidence),
    repaired: v.repaired.map(evidence),
    bounds: v.bounds,
    worth: v.worth,
    roundTrips: v.roundTrips,
    ...(v.repro === undefined ? {} : { repro: v.repro }),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
