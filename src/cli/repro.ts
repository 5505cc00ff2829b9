import type { Placement } from '../patch/placement.js';
import type { ReproVerdict } from '../patch/verdict.js';
import { Laboratory } from '../run/laboratory.js';
import { openCase } from './open-case.js';
import { callables } from './trade.js';

/** Schedules that are tried on the patched kernel before it is said that the case no longer fails. */
const SEARCH = 500;

/** Runs a case that the patch claims to fix on the base and on the patched kernel. Throws BadInput for a bad file. */
export async function judgeRepro(file: string, placement: Placement): Promise<ReproVerdict> {
  const open = await openCase(file, {
    model: placement.base.model.name,
    reference: placement.base.model.name,
  });
  const lab = new Laboratory(callables, placement.model, placement.base.model);
  const before = lab.replay(open.case, 'reference').violation;
  if (before === undefined)
    return { file, fixed: false, text: `the case does not fail on ${placement.base.model.name}` };
  const after = lab.replay(open.case, 'candidate').violation;
  if (after !== undefined)
    return { file, fixed: false, text: `it still fails: ${after.kind}, ${after.text}` };
  const judged = lab.judge(open.case, SEARCH);
  const still = judged?.class === 'both' ? judged.rates.candidate : 0;
  return still > 0
    ? {
        file,
        fixed: false,
        text: `its schedule no longer fails, ${still} of ${judged!.rates.schedules} others do`,
      }
    : {
        file,
        fixed: true,
        text: `it fails on the base and on none of ${SEARCH + 1} schedules of the patched kernel`,
      };
}
