import type { Finding } from '../run/finding.js';
import type { Lab } from '../run/lab.js';
import { hardwareText, programLines, worldLines } from './case-text.js';
import { violationSentence } from './sentence.js';
import { traceTable } from './trace-table.js';

/** The trace of a finding as text: what runs, the interleaving as a table, what went wrong. */
export function renderTrace(finding: Finding, lab: Lab): string {
  const side = finding.class === 'reference-only' ? 'reference' : 'candidate';
  const c = finding.case;
  const trace = lab.trace(c, side);
  return [
    `${finding[side]} (${side}) on ${hardwareText(c)}`,
    ...worldLines(c),
    ...programLines(c, lab.callables),
    '',
    traceTable(c, trace, lab.callables, finding.violation),
    '',
    violationSentence(finding.violation, c),
    '',
  ].join('\n');
}
