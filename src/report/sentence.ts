import type { Verdict, Violation } from '../oracle/verdict.js';
import type { Case } from '../scenario/case.js';
import { addressText, agentName, cpusOf, pagesOf } from './names.js';

/** What each verdict says, for `a device` or `a CPU`. */
const SAYS: Readonly<Record<Verdict, (agent: string) => string>> = {
  'freed-page-write': (agent) => `${agent} writes through a page that was freed`,
  'freed-page-read': (agent) => `${agent} reads or walks through a page that was freed`,
  'lost-write': (agent) => `a write of ${agent} is lost`,
  'stale-read': (agent) => `${agent} reads a value that the page no longer has`,
  'stale-permission': (agent) => `${agent} is granted an access that is no longer permitted`,
  'lost-dirty': (agent) => `what ${agent} wrote is not known to be dirty, and is lost`,
  'stale-entry': (agent) => `a TLB of ${agent} keeps a translation that the page table does not grant`,
  contract: () => 'the kernel breaks a rule of its own',
  deadlock: () => 'nobody can go on',
  'no-progress': () => 'nobody gets any further',
  divergence: () => 'the two kernels give different results',
};

/** `a device reads a value that the page no longer has`. */
export function verdictText(v: Violation): string {
  return SAYS[v.kind](v.agent === 'cpu' ? 'a CPU' : 'a device');
}

/** `stale-read by dev0 at mm0:3, left behind by wp_page_copy: …`: a violation in one line. */
export function violationSentence(v: Violation, c: Case): string {
  const who = v.thread >= 0 ? ` by ${agentName(v.thread, cpusOf(c))}` : '';
  const where = v.addr >= 0 ? ` at ${addressText(v.addr, pagesOf(c))}` : '';
  const site = v.site === '' ? '' : `, left behind by ${v.site}`;
  return `${v.kind}${who}${where}${site}: ${v.text}`;
}
