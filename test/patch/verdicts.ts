import * as fc from 'fast-check';

import { models } from '../../models/models.js';
import type { Finding, Violation } from '../../src/run/finding.js';
import { VERDICTS } from '../../src/run/finding.js';
import type { PlacedHunk } from '../../src/patch/placement.js';
import {
  JUDGEMENTS,
  type Evidence,
  type JudgedBounds,
  type JudgedHunk,
  type SeriesVerdict,
} from '../../src/patch/verdict.js';

const nothing: Finding['case'] = {
  world: { mms: [], files: [], frames: 1, swapSlots: 0 },
  hardware: {},
  threads: [],
  schedule: [],
};

const violation: Violation = {
  kind: 'stale-read',
  site: 'wp_page_copy',
  agent: 'device',
  thread: 1,
  addr: 0,
  step: 40,
  text: 'reads i402 from word 0 of page 0, where w2 is',
  opened: 20,
};

const base = models.find((m) => m.name === 'v4.14')!;

export function evidence(over: Partial<Evidence> = {}, found: Partial<Finding> = {}): Evidence {
  const finding: Finding = {
    class: 'candidate-only',
    violation,
    case: nothing,
    candidate: 'v4.14+patch',
    reference: 'v4.14',
    searched: 201,
    rates: { schedules: 201, candidate: 34, reference: 0 },
    ...found,
  };
  return {
    finding,
    title: `stale-read by dev0 at mm0:0, left behind by wp_page_copy: ${violation.text}`,
    hardware: 'conforming hardware',
    conforming: true,
    known: false,
    ...over,
  };
}

export function hunk(over: Partial<JudgedHunk> = {}, placed: Partial<PlacedHunk> = {}): JudgedHunk {
  return {
    hunk: {
      patch: 0,
      file: 'mm/memory.c',
      line: 17,
      fileLine: 2533,
      function: 'wp_page_copy',
      verdict: 'placed',
      edits: [{ kind: 'mute', site: 'wp_page_copy', slot: 'after-clear' }],
      why: '',
      text: '@@ -1,1 +1,1 @@',
      ...placed,
    },
    judgement: 'safe',
    why: 'nothing was found within the bounds',
    evidence: [],
    reach: { ran: 694, passed: 0, base: 0 },
    ...over,
  };
}

const bounds: JudgedBounds = {
  seed: 'x',
  cases: 4000,
  steps: 237_394,
  seconds: 41.969,
  hardware: ['conforming', 'any'],
  search: 200,
  worlds: 40,
  states: 576_268,
  preemptions: 2,
  incomplete: 2,
  shapes: [
    { cpus: 2, devices: 1, worlds: 25 },
    { cpus: 3, devices: 0, worlds: 15 },
  ],
  canary: 'always-notify~wp_page_copy~wp_page_copy:range-end',
  canaryCaught: true,
  spent: false,
};

export function verdict(over: Partial<SeriesVerdict> = {}): SeriesVerdict {
  return {
    subjects: ['[PATCH 1/2] mm: do not notify when a page is copied on write'],
    base: { model: base, why: 'the context fits it best (score 6.0)', score: 6, applied: false },
    judgement: 'safe',
    hunks: [hunk()],
    joint: [],
    both: [],
    repaired: [],
    bounds,
    worth: [{ operation: 'wp_page_copy', before: 'after-clear 1 = 0.96', after: 'nothing = 0' }],
    roundTrips: { before: 947, after: 690, cases: 2000 },
    ...over,
  };
}

const harmless = (file: string, fileLine: number, why: string): JudgedHunk =>
  hunk(
    { judgement: 'harmless', why, reach: { ran: 0, passed: 0, base: 0 } },
    { file, fileLine, edits: [], verdict: 'harmless', why },
  );

/** A series with a hunk of every kind. */
export function everything(): SeriesVerdict {
  const unusual = {
    conforming: false,
    hardware: 'hardware that keeps a read-only entry until it is invalidated',
    title: 'stale-permission by dev0 at mm0:4, left behind by change_pte_range: is granted a write',
  };
  const kept = 'stale-entry by cpu0 at mm0:0, left behind by hugetlb_change_protection: still caches frame 8';
  const both: Finding['class'] = 'both';
  return verdict({
    judgement: 'unsafe',
    hunks: [
      hunk({
        judgement: 'unsafe',
        why: evidence().title,
        evidence: [evidence({ directory: 'crashes/candidate-only-wp_page_copy-b949c23c' })],
      }),
      harmless('Documentation/vm/mmu_notifier.txt', 1, 'documentation'),
      hunk(
        {
          judgement: 'unsafe-on-hardware',
          why: unusual.title,
          evidence: [evidence(unusual)],
          reach: { ran: 1, passed: 0, base: 0 },
        },
        { file: 'mm/mprotect.c', fileLine: 101, line: 140, function: 'change_pte_range' },
      ),
      hunk(
        {
          judgement: 'not-modelled',
          why: 'no operation models frob(), where "x = 1" changes',
          reach: { ran: 0, passed: 0, base: 0 },
        },
        { file: 'mm/frob.c', fileLine: 12, line: 160, function: 'frob', edits: [], verdict: 'not-modelled' },
      ),
      hunk(
        {
          judgement: 'not-reached',
          why: 'no case reached a step that it changes',
          reach: { ran: 0, passed: 0, base: 0 },
        },
        { file: 'fs/dax.c', fileLine: 574, line: 190, function: 'dax_mapping_entry_mkclean' },
      ),
      harmless('include/linux/mmu_notifier.h', 160, 'comments and blanks'),
      hunk(
        {
          judgement: 'accepted',
          evidence: [evidence({ known: true })],
          why: 'all that was found was accepted',
        },
        { file: 'mm/ksm.c', fileLine: 1049, line: 210, function: 'write_protect_page' },
      ),
      harmless('mm/rmap.c', 1400, 'comments and blanks'),
    ],
    both: [
      evidence({ title: kept }, { class: both, rates: { schedules: 201, candidate: 201, reference: 201 } }),
    ],
    repro: { file: 'case.json', fixed: false, text: 'it still fails: lost-write' },
  });
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constantFrom(
    '',
    '# Subtest: x',
    '1..4',
    'not ok 2 - x # TODO',
    ']]>',
    '<a b="&amp;">',
    '\u001b[31m',
    'a\nb',
  ),
);
const number = fc.nat(10_000);

const anyEvidence: fc.Arbitrary<Evidence> = fc
  .record({
    kind: fc.constantFrom(...VERDICTS),
    // A title names what was found, also after what cannot be printed is gone.
    title: text.map((t) => `title of ${t}`),
    hardware: text,
    conforming: fc.boolean(),
    known: fc.boolean(),
    directory: fc.option(text, { nil: undefined }),
    rates: fc.record({ schedules: number, candidate: number, reference: number }),
    searched: number,
  })
  .map(({ kind, rates, searched, ...e }) =>
    evidence(e, { violation: { ...violation, kind }, rates, searched }),
  );

const anyHunk: fc.Arbitrary<JudgedHunk> = fc
  .record({
    judgement: fc.constantFrom(...JUDGEMENTS),
    why: text,
    evidence: fc.array(anyEvidence, { maxLength: 5 }),
    reach: fc.record({ ran: number, passed: number, base: number }),
    placed: fc.record({
      file: text.map((t) => `mm/${t}`),
      line: number,
      fileLine: number,
      function: text,
      why: text,
      verdict: fc.constantFrom('placed', 'harmless', 'not-modelled', 'not-placeable'),
    }),
  })
  .map(({ placed, ...h }) => hunk(h, placed));

/** Verdicts with the most unlikely words and numbers in them. */
export const anyVerdict: fc.Arbitrary<SeriesVerdict> = fc
  .record({
    subjects: fc.array(text, { maxLength: 3 }),
    why: text,
    judgement: fc.constantFrom(...JUDGEMENTS),
    hunks: fc.array(anyHunk, { maxLength: 6 }),
    joint: fc.array(anyEvidence, { maxLength: 2 }),
    both: fc.array(anyEvidence, { maxLength: 5 }),
    repaired: fc.array(anyEvidence, { maxLength: 2 }),
    ran: fc.record({ cases: number, spent: fc.boolean(), canaryCaught: fc.boolean(), seed: text }),
    doubts: fc.array(
      text.map((t) => `doubt of ${t}`),
      { maxLength: 1 },
    ),
    worth: fc.array(fc.record({ operation: text, before: text, after: text }), { maxLength: 3 }),
    repro: fc.option(fc.record({ file: text, fixed: fc.boolean(), text }), { nil: undefined }),
  })
  .map(({ why, ran, ...v }) =>
    verdict({ ...v, base: { model: base, why, score: 1, applied: false }, bounds: { ...bounds, ...ran } }),
  );
