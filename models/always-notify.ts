import { notify, type Edit, type Model } from '../src/program/model.js';
import { operationsWith } from '../src/program/operations-in.js';
import { slotsOf } from '../src/program/union.js';
import { callables } from './operations/register.js';
import { repairs } from './repairs.js';

/** Every slot under a page-table lock that v4.14, or what repairs it, leaves out: the reference notifies in all of them. */
function inLock(): readonly Edit[] {
  return slotsOf(
    operationsWith(
      callables.map((c) => c.operation),
      repairs,
    ),
  )
    .filter((s) => s.muted && s.slot !== 'range-end' && s.slot !== 'in-flush')
    .map((s) => notify(s.site, s.slot));
}

/**
 * The reference: a notification under the page-table lock at every change of a present entry, and the CPU side repaired
 * where v4.14 needs it. It is made to be right; each repair names the commit it follows (docs/fidelity.md).
 */
export const always_notify: Model = {
  name: 'always-notify',
  about:
    'notifies under the lock at every change of a present entry, and at range_end; v4.14 with its CPU side repaired',
  readFrom: 'v4.14',
  era: '4.13-4.14',
  cowReuse: 'mapcount',
  edits: [...inLock(), ...repairs],
};
