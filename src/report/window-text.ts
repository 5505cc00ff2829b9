import { PTES_PER_PMD } from '../machine/geometry.js';
import type { Violation } from '../oracle/verdict.js';
import type { Trace, TraceStep } from '../run/lab.js';
import type { Case } from '../scenario/case.js';
import { changeText, Describer } from './describe.js';
import { addressText, agentName, cpusOf, pagesOf } from './names.js';
import { innermost } from './trace-table.js';
import { entryText } from './word-value.js';

/**
 * From where to where it was wrong, in sentences: the step that opened the window, what it changed, what the agent still
 * had cached, and the step at which it showed. Empty when the run has no such steps.
 */
export function windowText(c: Case, trace: Trace, v: Violation): readonly string[] {
  const opened = trace.steps[v.opened];
  const used = trace.steps[v.step];
  const out: string[] = [];
  if (opened !== undefined) {
    const changes = changesAt(trace, v.opened).filter((text) => /^(pte|pmd|pud|table|frame)/.test(text));
    const what = changes.length === 0 ? '' : `: ${changes.slice(0, 3).join('; ')}`;
    out.push(`The window opens at step ${v.opened}, ${stepText(c, opened)}${what}.`);
    const cached = cachedAt(trace, v, v.opened);
    if (cached !== '') out.push(`${agent(c, v.thread)} still has ${cached} for ${address(c, v.addr)} then.`);
  }
  if (used !== undefined && v.step !== v.opened) {
    const steps = v.opened >= 0 ? `, ${v.step - v.opened} steps later` : '';
    out.push(`It shows at step ${v.step}, ${stepText(c, used)}${steps}.`);
  }
  return out;
}

/** `cpu0 in munmap: zap_pte_range:9 ptep_get_and_clear`. */
function stepText(c: Case, step: TraceStep): string {
  const call = c.threads[step.thread]?.operations[step.operation];
  const { operation, number, step: name } = innermost(step.path);
  const within = call === undefined || call.name === operation ? '' : ` in ${call.name}`;
  return `${agent(c, step.thread)}${within} at \`${operation}:${number} ${name}\``;
}

function changesAt(trace: Trace, at: number): readonly string[] {
  const describer = new Describer(trace.layout, trace.start);
  let changes: readonly string[] = [];
  for (const step of trace.steps.slice(0, at + 1)) changes = describer.next(step).map(changeText);
  return changes;
}

/** What the TLB of the agent holds for the address after the step; '' for nothing. */
function cachedAt(trace: Trace, v: Violation, at: number): string {
  if (v.thread < 0 || v.addr < 0) return '';
  const { layout } = trace;
  const words = new Int32Array(trace.start);
  for (const step of trace.steps.slice(0, at + 1)) for (const x of step.changes) words[x.word] = x.after;
  const page = v.addr % layout.pages;
  const tlb = layout.tlbAt(v.thread);
  const entry = words[tlb + page] || words[tlb + layout.pages + Math.floor(page / PTES_PER_PMD)];
  return entry === 0 ? '' : entryText(entry);
}

function agent(c: Case, t: number): string {
  return agentName(t, cpusOf(c));
}

function address(c: Case, addr: number): string {
  return addressText(addr, pagesOf(c));
}
