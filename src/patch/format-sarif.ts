import { signatureOf } from '../run/finding.js';
import { VERDICTS } from '../oracle/verdict.js';
import { verdictText } from '../report/sentence.js';
import { JUDGEMENT, type Level } from './judgement-words.js';
import { plain } from './plain-text.js';
import { acceptedSignatures, baseRemarks, hunkRemarks, seriesRemarks, type Remark } from './remarks.js';
import { JUDGEMENTS, type Evidence, type JudgedHunk, type SeriesVerdict } from './verdict.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** A result that is no failure has the level none (SARIF 2.1.0, 3.27.10). */
const LEVEL: Readonly<Record<Level, 'error' | 'warning' | 'none'>> = {
  error: 'error',
  unknown: 'warning',
  warning: 'warning',
  pass: 'none',
};

const DOUBTS = ['not-fixed', 'canary-missed', 'budget-spent', 'cut-off', 'base-fails', 'repaired'] as const;

/**
 * SARIF 2.1.0: one run. Results are what is said of the hunks, in the patched files; what is said of the base or of the
 * run itself are notifications of the tool, for it has no place in the patch. Known findings are suppressed results.
 */
export function renderSarif(v: SeriesVerdict): string {
  const edited = v.hunks.filter((h) => h.hunk.edits.length > 0);
  const run = {
    tool: { driver: { name: 'shootdown', rules: RULES, notifications: DOUBTS.map((id) => ({ id })) } },
    originalUriBaseIds: { SRCROOT: { description: { text: 'the root of the kernel source tree' } } },
    invocations: [{ executionSuccessful: !v.bounds.spent, toolExecutionNotifications: notifications(v) }],
    columnKind: 'utf16CodeUnits',
    results: [
      ...v.hunks.flatMap((h, i) => resultsOf(h, i)),
      ...seriesRemarks(v)
        .filter((r) => r.evidence !== undefined)
        .map((r) => ({ ...resultOf(r, edited), properties: { joint: true } })),
    ],
    properties: {
      base: v.base.model.name,
      baseChosen: v.base.why,
      verdict: v.judgement,
      accepted: acceptedSignatures(v),
      hunks: v.hunks.length,
      bounds: v.bounds,
    },
  };
  return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 2)}\n`;
}

const SOME = { site: '', agent: 'device', thread: -1, addr: -1, step: 0, text: '', opened: -1 } as const;

const RULES = [
  ...JUDGEMENTS.map((id) => ({ id, shortDescription: { text: JUDGEMENT[id].about } })),
  ...VERDICTS.map((id) => ({ id, shortDescription: { text: verdictText({ ...SOME, kind: id }) } })),
];

function resultsOf(h: JudgedHunk, index: number): readonly object[] {
  const { patch, line } = h.hunk;
  const properties = { hunk: index, judgement: h.judgement, patch, lineOfPatch: line };
  return hunkRemarks(h).map((r) => ({ ...resultOf(r, [h]), properties }));
}

function resultOf({ level, rule, text, evidence }: Remark, at: readonly JudgedHunk[]): object {
  return {
    ruleId: rule,
    ruleIndex: RULES.findIndex((r) => r.id === rule),
    kind: level === 'pass' ? 'pass' : 'fail',
    level: LEVEL[level],
    message: { text: evidence === undefined ? plain(text) : `${plain(text)}\n${detailOf(evidence)}` },
    locations: at.map(locationOf),
    fingerprints: {
      'shootdown/v1': fingerprint(evidence === undefined ? rule : signatureOf(evidence.finding), at),
    },
    ...(evidence?.known === true ? { suppressions: ACCEPTED } : {}),
  };
}

const ACCEPTED = [{ kind: 'external', status: 'accepted', justification: 'a known finding' }];

/** The same for the next version of a series: no lines, seeds or counts. */
const fingerprint = (what: string, at: readonly JudgedHunk[]): string =>
  plain([what, ...at.flatMap(({ hunk }) => [hunk.file, hunk.function])].join(' '));

function detailOf({ hardware, finding, directory }: Evidence): string {
  const { rates } = finding;
  const often = `${rates.candidate} of ${rates.schedules} schedules with the patch, ${rates.reference} without it`;
  const replay = directory === undefined ? '' : `; shootdown replay ${directory}`;
  return plain(`on ${hardware}; ${often}${replay}`);
}

function locationOf({ hunk }: JudgedHunk): object {
  const uri = encodeURI(plain(hunk.file)).replace(/[?#]/g, encodeURIComponent);
  const region = hunk.fileLine > 0 ? { region: { startLine: hunk.fileLine } } : {};
  const name = plain(hunk.function);
  return {
    physicalLocation: { artifactLocation: { uri, uriBaseId: 'SRCROOT' }, ...region },
    ...(name === '' ? {} : { logicalLocations: [{ name, kind: 'function' }] }),
  };
}

function notifications(v: SeriesVerdict): readonly object[] {
  const said = seriesRemarks(v).filter((r) => r.evidence === undefined);
  return [...said, ...baseRemarks(v)].map((r) => ({
    descriptor: { id: r.rule },
    level: r.level === 'pass' ? ('note' as const) : LEVEL[r.level],
    message: { text: plain(r.text) },
  }));
}
