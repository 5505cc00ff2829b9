import { THREAD } from '../machine/layout.js';
import { MARK } from '../machine/observer.js';
import type { Judge } from './judge.js';

const OTHER: readonly string[] = [
  'the bracket was opened',
  'the last bracket of the thread was closed',
  'the spinlock was taken',
  'the start was refused',
  'it was unregistered',
];

/**
 * Reports that thread t, at the step that runs, breaks a rule of the kernel's own: what it does, the step that this one
 * disagrees with (the last one of the kind `other`, -1 for none), and where the rule is written.
 */
export function breach(l: Judge, t: number, addr: number, what: string, rule: string, other: number): void {
  const info = l.m.code.info(l.m.words[l.m.layout.threadAt(t) + THREAD.PC]);
  const mark = l.marks.of(other, other === MARK.UNREGISTERED ? -1 : t);
  const where = mark === undefined ? '' : `; ${OTHER[other] ?? ''} at step ${mark.step} (${mark.path})`;
  const source = rule === '' ? '' : `. ${rule}`;
  l.fail('contract', t, addr, `${what}${where}${source}`, { site: info.site, step: mark?.step ?? -1 });
}
