import type { Coverage } from '../run/lab.js';
import type { Shrunk } from './job.js';

/** A bucket of findings, as a campaign met it. */
export interface FindingRecord {
  readonly bucket: string;
  /** Where it is saved; undefined when nothing is saved. */
  readonly directory: string | undefined;
  /** The first sample, shrunk. */
  readonly shrunk: Shrunk;
  /** Number of the case that it came from. */
  readonly index: number;
  /** No earlier campaign on the directory had it. */
  readonly isNew: boolean;
  /** Hits in this campaign. */
  count: number;
}

export interface Canary {
  /** Number of the case that caught the broken model, -1 for none within the bound. */
  readonly caught: number;
  readonly cases: number;
  /** What was broken, and how it was seen. */
  readonly what: string;
}

/** How a campaign ended. */
export interface CampaignResult {
  readonly seed: string;
  readonly cases: number;
  readonly steps: number;
  readonly inconclusive: number;
  readonly seconds: number;
  readonly workers: number;
  /** Failures first, then by the case that found them. */
  readonly findings: readonly FindingRecord[];
  /** Samples that a search of the reference explained by timing. */
  readonly timingOnly: number;
  /** Samples left unconfirmed because the campaign was interrupted. */
  readonly unconfirmed: number;
  readonly coverage: Coverage;
  readonly sitesReached: number;
  /** Steps of the candidate that nothing reached, whatever calls them. */
  readonly unreached: readonly string[];
  readonly canary: Canary;
  readonly interrupted: boolean;
  /** Cases that the corpus has gained. */
  readonly kept: number;
}

/** What a live status shows. */
export interface CampaignStatus {
  readonly seconds: number;
  readonly cases: number;
  readonly steps: number;
  readonly findings: readonly FindingRecord[];
  readonly shrinking: number;
  readonly sitesReached: number;
  readonly stepsReached: number;
  readonly pairsReached: number;
  readonly secondsSinceNew: number;
  readonly draining: boolean;
  readonly canaryCaught: boolean;
}

/** Who is told what happens. A finding is told after it is on disk. */
export interface CampaignListener {
  found(record: FindingRecord): void;
  /** After every batch. Working the status out costs as much as a batch: only what is shown is asked for. */
  status(now: () => CampaignStatus): void;
}
