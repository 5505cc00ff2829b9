import { z } from 'zod';

import { BadInput } from '../base/errors.js';
import { VERDICTS, type Finding } from '../run/finding.js';
import type { Case } from '../scenario/case.js';
import type { ModelData } from './job.js';

/** The version of the format that this shootdown writes, and the newest that it reads. */
export const FORMAT = 1;
/** No case comes near this; a file that does is not one of ours. */
export const LARGEST_FILE = 4 * 1024 * 1024;

const name = z.string().max(200);

// What stands in these is checked with the operations at hand, by scenario/check-case.
const caseSchema = z.strictObject({
  world: z.looseObject({}),
  hardware: z.record(z.string(), z.string()),
  threads: z.array(z.looseObject({})),
  schedule: z.array(z.looseObject({})),
});

const model = z.strictObject({
  name: z.string().min(1).max(1000),
  hash: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  era: name,
  cowReuse: name,
  edits: z.array(z.string().max(100_000)).max(1000),
  base: name.optional(),
  listing: z.string().max(1_000_000).optional(),
});

const violation = z.strictObject({
  kind: z.enum(VERDICTS),
  site: name,
  agent: z.enum(['cpu', 'device']),
  thread: z.int().min(-1).max(64),
  addr: z.int().min(-1),
  step: z.int().min(-1),
  text: z.string().max(4000),
  opened: z.int().min(-1),
});

const hash16 = z.string().regex(/^[0-9a-f]{16}$/);

export const caseFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  shootdown: name,
  /** What the case is for, of those written by hand. */
  about: z.string().max(4000).optional(),
  /** `clean`: the case shows nothing, and replay checks that. `unjudged`: kept for what it reaches. */
  class: z.enum([
    'clean',
    'unjudged',
    'candidate-only',
    'both',
    'reference-only',
    'divergence',
    'latent-entry',
  ]),
  verdict: violation.optional(),
  candidate: model,
  reference: model,
  searched: z.int().min(0).default(0),
  rates: z
    .strictObject({ schedules: z.int().min(0), candidate: z.int().min(0), reference: z.int().min(0) })
    .default({ schedules: 0, candidate: 0, reference: 0 }),
  origin: z.strictObject({ seed: name, index: z.int().min(0) }).optional(),
  shrunk: z.strictObject({ tried: z.int().min(0), capped: z.boolean(), minimal: z.boolean() }).optional(),
  traceHash: z.strictObject({ candidate: hash16, reference: hash16 }).optional(),
  /** What this case was the first to reach, of those that a corpus keeps. */
  reached: z.array(z.string().max(2000)).max(10_000).optional(),
  case: caseSchema,
});

export type CaseFile = z.infer<typeof caseFileSchema>;

/** The first thing that is wrong, as `where: what`. */
function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'it does not have the form of a case';
  const where = issue.path.map(String).join('.');
  const what = issue.message.replace(/^Invalid input: /, '');
  return where === '' ? what : `at ${where}: ${what}`;
}

/** Reads the text of a case file, all but the case itself; `where` names it in errors. Throws {@link BadInput}. */
export function parseCaseFile(text: string, where: string): CaseFile {
  if (text.length > LARGEST_FILE)
    throw new BadInput(
      `${where} is larger than ${LARGEST_FILE / 1024 / 1024} MiB; a case file is never that large.`,
    );
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BadInput(`${where} is not JSON (${why}); expected a case file that shootdown wrote, complete.`);
  }
  const format = z.looseObject({ format: z.int() }).safeParse(data);
  if (!format.success)
    throw new BadInput(`${where} is not a case file: expected an object with "format": ${FORMAT}.`);
  if (format.data.format > FORMAT)
    throw new BadInput(
      `${where} has case format ${format.data.format}; this shootdown reads up to format ${FORMAT}, a newer one wrote it.`,
    );
  const parsed = caseFileSchema.safeParse(data);
  if (!parsed.success) throw new BadInput(`${where} is not a valid case file, ${firstIssue(parsed.error)}.`);
  if (['clean', 'unjudged'].includes(parsed.data.class) !== (parsed.data.verdict === undefined))
    throw new BadInput(
      `${where} is not a valid case file: expected a verdict unless its class is clean or unjudged.`,
    );
  return parsed.data;
}

/** The finding that a file describes, under the names that it gives its models; undefined for a clean or unjudged case. */
export function findingOf(file: CaseFile): Finding | undefined {
  if (file.class === 'clean' || file.class === 'unjudged' || file.verdict === undefined) return undefined;
  return {
    class: file.class,
    violation: file.verdict,
    case: file.case as unknown as Case,
    candidate: file.candidate.name,
    reference: file.reference.name,
    searched: file.searched,
    rates: file.rates,
  };
}

export type Origin = NonNullable<CaseFile['origin']>;

export interface FindingFileParts {
  readonly finding: Finding;
  readonly candidate: ModelData;
  readonly reference: ModelData;
  readonly origin: Origin | undefined;
  readonly shrunk: NonNullable<CaseFile['shrunk']>;
  readonly traceHash: NonNullable<CaseFile['traceHash']>;
  readonly version: string;
}

/** The text of a finding's file; ends with a newline, keys always in the same order. */
export function printFindingFile(parts: FindingFileParts): string {
  const { finding } = parts;
  const file = {
    format: FORMAT,
    shootdown: parts.version,
    class: finding.class,
    verdict: finding.violation,
    candidate: parts.candidate,
    reference: parts.reference,
    searched: finding.searched,
    rates: finding.rates,
    ...(parts.origin === undefined ? {} : { origin: parts.origin }),
    shrunk: parts.shrunk,
    traceHash: parts.traceHash,
    case: finding.case,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
