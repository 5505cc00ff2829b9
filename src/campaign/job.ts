import type { Explored, Wanted } from '../explore/explored.js';
import type { Lab, Side, Tally } from '../run/lab.js';
import type { Case } from '../scenario/case.js';
import type { Finding } from '../run/finding.js';

/**
 * What a campaign does, as plain data that can be sent to a worker: names, never values.
 * The same recipe opens the same job everywhere.
 */
export interface Recipe {
  /** Names of built-in models, or absolute paths of model files. */
  readonly candidate: string;
  readonly reference: string;
  /** Edits of the candidate as a listing (program/edit-listing): what a patch does to it. */
  readonly edits?: string | undefined;
  /** Factors on the weights of program operations. */
  readonly emphasis?: Readonly<Record<string, number>> | undefined;
  /** Operations that some cases are about, with weights (scenario/generate-meeting). */
  readonly about?: Readonly<Record<string, number>> | undefined;
  /** The share of cases whose schedule is made while the reference runs; none when it is left out. */
  readonly referenceLeads?: number | undefined;
  /** `SITE` or `SITE:slot`: notifications taken away from the candidate. */
  readonly mutes: readonly string[];
  /** Program operations that cases may call; none means all. */
  readonly operations: readonly string[];
  /** Kinds of subscribers that devices may be; none means all that the kernels have. */
  readonly subscribers?: readonly string[] | undefined;
  /** `default`, `conforming`, `any`, or `switch=value,…` for every case. */
  readonly hardware: string;
  /** Name of a strategy. */
  readonly strategy: string;
  /** Other schedules of the reference that are tried before a finding is called candidate-only. */
  readonly search: number;
}

/** What one case showed. */
export interface Tried {
  /** Micro-steps of the candidate. */
  readonly steps: number;
  readonly inconclusive: boolean;
  /** Judged under the aligned schedule alone: `searched` is 0. */
  readonly finding: Finding | undefined;
}

export interface Shrunk {
  readonly finding: Finding;
  readonly tried: number;
  /** It ran out of tries; smaller may be possible. */
  readonly capped: boolean;
  /** Dropping any single operation, thread, page, choice, switch or segment makes the finding vanish. */
  readonly minimal: boolean;
  /** Time or Ctrl-C ended it, neither its end nor the bound of tries: the one thing that is not reproducible. */
  readonly stopped: boolean;
}

/** A model as data, for files: enough to name it, to tell whether it has changed, and to rebuild plain edits. */
export interface ModelData {
  readonly name: string;
  /** Hash of the operations, the edits, the era and the rules. */
  readonly hash?: string | undefined;
  readonly era: string;
  readonly cowReuse: string;
  /** One edit a line, as a reader would say it. */
  readonly edits: readonly string[];
  /** Of a patched model: the built-in that was patched, and what the patch does, as a listing that parses back. */
  readonly base?: string | undefined;
  readonly listing?: string | undefined;
}

/** The texts of a finding's directory, made from the case alone: the same on every machine. */
export interface Rendered {
  readonly trace: string;
  readonly readme: string;
  /** Hash over the hashes after every step, one a model. */
  readonly traceHash: { readonly candidate: string; readonly reference: string };
}

/**
 * Everything that a campaign asks of the rooms below it. Deterministic: the same calls give the same answers, whatever
 * was called before. Not reentrant; one a worker.
 */
export interface Job {
  readonly lab: Lab;
  readonly candidate: ModelData;
  readonly reference: ModelData;
  /** The visible steps; a step's number in tallies is its place here. */
  readonly stepNames: readonly string[];
  /** The case of these seeds (see scenario/generate), with the schedule that the strategy made. */
  draw(seeds: readonly string[]): Case;
  /** Draws the case of these seeds and judges it under the schedule that the strategy makes of the last. */
  tryCase(seeds: readonly string[]): Tried;
  /** Searches other schedules of the reference and measures hit rates: the class may change. Undefined: timing only. */
  confirm(finding: Finding): Finding | undefined;
  /** Makes the finding smaller; it stays the same finding. `stopped` is asked between runs. */
  shrink(finding: Finding, tries: number, stopped: () => boolean): Shrunk;
  /** All interleavings of one case on one model. */
  explore(c: Case, side: Side, wanted: Wanted): Explored;
  render(finding: Finding): Rendered;
  /** What was reached by `tryCase` since the last reset. */
  tally(): Tally;
  /** How many sites (functions and their branches) these steps belong to. */
  sitesIn(steps: Iterable<string>): number;
  /** The candidate's steps that none of these is, whatever calls them: `wp_page_copy:9 ptep_clear_flush_notify.flush`. */
  unreached(steps: Iterable<string>): readonly string[];
  resetCoverage(): void;
}

/** What the module that a worker loads exports; see {@link Recipe}. */
export interface JobModule {
  openJob(recipe: Recipe): Promise<Job>;
}
