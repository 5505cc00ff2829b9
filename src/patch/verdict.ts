import type { Finding } from '../run/finding.js';
import type { Base, PlacedHunk } from './placement.js';

/** What is said of a hunk, and of a series; the order is from worst to best. */
export const JUDGEMENTS = [
  'unsafe',
  'unsafe-on-hardware',
  'unbalanced',
  'unsafe-in-part',
  'not-placeable',
  'not-modelled',
  'not-reached',
  'accepted',
  'both',
  'safe',
  'repairs',
  'harmless',
] as const;
export type Judgement = (typeof JUDGEMENTS)[number];

/** A finding that a patch is blamed for, or cleared of. */
export interface Evidence {
  readonly finding: Finding;
  /** `stale-read by dev0 at mm0:3, left behind by wp_page_copy: …`: the same words wherever it is reported. */
  readonly title: string;
  /** `conforming hardware`, or `hardware that …`. */
  readonly hardware: string;
  readonly conforming: boolean;
  /** Accepted before: a directory of known findings has its signature. */
  readonly known: boolean;
  /** Where its case, trace and page are saved. */
  readonly directory?: string | undefined;
}

export interface JudgedHunk {
  readonly hunk: PlacedHunk;
  readonly judgement: Judgement;
  /** One sentence: why, in plain words. */
  readonly why: string;
  readonly evidence: readonly Evidence[];
  readonly reach: Reach;
}

/** How often what a hunk changes was reached. */
export interface Reach {
  /** Runs of steps that it puts in, in the patched kernel. */
  readonly ran: number;
  /** How often the patched kernel came by the places of steps that it drops. */
  readonly passed: number;
  /** Runs of steps that it drops, in the base. */
  readonly base: number;
}

/** Small worlds with so many threads. */
export interface Shape {
  readonly cpus: number;
  readonly devices: number;
  readonly worlds: number;
}

/** How far the judgement goes; every number was counted. */
export interface JudgedBounds {
  readonly seed: string;
  readonly cases: number;
  readonly steps: number;
  readonly seconds: number;
  readonly hardware: readonly string[];
  readonly search: number;
  /** Small worlds that were explored exhaustively, and how far. */
  readonly worlds: number;
  readonly states: number;
  readonly preemptions: number;
  /** Worlds in which states had to be left out. */
  readonly incomplete: number;
  readonly shapes: readonly Shape[];
  readonly canary: string;
  readonly canaryCaught: boolean;
  /** The budget ended before the cases that were planned had run. */
  readonly spent: boolean;
}

/** Notifications and round trips of one function, before and after the patch. */
export interface Worth {
  readonly operation: string;
  readonly before: string;
  readonly after: string;
}

export interface ReproVerdict {
  readonly file: string;
  readonly fixed: boolean;
  readonly text: string;
}

export interface SeriesVerdict {
  readonly subjects: readonly string[];
  /** What is doubtful about the texts of the patches. */
  readonly doubts?: readonly string[];
  readonly base: Base;
  readonly judgement: Judgement;
  readonly hunks: readonly JudgedHunk[];
  /** Findings that no single hunk accounts for. */
  readonly joint: readonly Evidence[];
  /** What was not placed, and so was missing when those were found, as a sentence. */
  readonly missing?: string | undefined;
  /** The base breaks these as well. */
  readonly both: readonly Evidence[];
  /** The base breaks these, the patched kernel does not. */
  readonly repaired: readonly Evidence[];
  readonly bounds: JudgedBounds;
  readonly worth: readonly Worth[];
  readonly roundTrips: { readonly before: number; readonly after: number; readonly cases: number };
  readonly repro?: ReproVerdict | undefined;
}

/** The worst of several judgements; `harmless` for none. */
export function worst(list: readonly Judgement[]): Judgement {
  return JUDGEMENTS.find((j) => list.includes(j)) ?? 'harmless';
}
