import { callables } from '../../models/models.js';
import { builtIn } from '../../src/cli/load-model.js';
import { modelData } from '../../src/cli/model-data.js';
import { register } from '../../src/cli/trade.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Finding } from '../../src/run/finding.js';
import type { Case } from '../../src/scenario/case.js';
import { addressText } from '../../src/report/names.js';
import { segments, type Written } from './write-case.js';

const { operations } = register;
const labs = new Map<string, Laboratory>();

/** The lab of a model against the reference; built once. */
export function labOf(model: string): Laboratory {
  let lab = labs.get(model);
  if (lab === undefined) {
    lab = new Laboratory(callables, builtIn(model, register), builtIn('always-notify', register));
    labs.set(model, lab);
  }
  return lab;
}

/** The case in the form that runs, its points looked up in the models of its first expectation. */
export function caseOf(w: Written): Case {
  const lab = labOf(Object.keys(w.expected)[0]);
  return {
    world: w.world,
    hardware: w.hardware ?? {},
    threads: w.threads,
    schedule: segments(lab, w.threads, w.runs),
  };
}

/** `stale-read by dev0 at mm0:0, wp_page_copy, cycle of 4`, or `clean`: what one model shows under the case's schedule. */
export function verdictOf(model: string, c: Case): string {
  const lab = labOf(model);
  const { violation } = lab.replay(c, 'candidate');
  if (violation === undefined) return 'clean';
  const cpus = c.threads.filter((t) => t.kind === 'cpu').length;
  const who = violation.thread >= cpus ? `dev${violation.thread - cpus}` : `cpu${violation.thread}`;
  const where = violation.addr < 0 ? '' : ` at ${addressText(violation.addr, c.world.mms[0].length * 4)}`;
  const { cycle } = lab.ordering(c, 'candidate');
  const ordered = violation.kind === 'stale-read' ? (cycle.length === 0 ? ', no cycle' : `, cycle of ${cycle.length}`) : '';
  return `${violation.kind} by ${who}${where}, ${violation.site}${ordered}`;
}

/** The case file: judged with a search, so that it carries its class and hit rates. */
export function fileOf(w: Written, version: string): string {
  const c = caseOf(w);
  const name = Object.keys(w.expected)[0];
  const lab = labOf(name);
  const finding: Finding | undefined = lab.judge(c, 200);
  const file = {
    format: 1,
    shootdown: version,
    about: w.about,
    class: finding?.class ?? 'clean',
    ...(finding === undefined ? {} : { verdict: finding.violation, searched: finding.searched, rates: finding.rates }),
    candidate: modelData(lab.candidate, operations),
    reference: modelData(lab.reference, operations),
    case: c,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
