import type { Placement } from '../patch/placement.js';
import { editedOperation } from '../patch/difference.js';
import type { SeriesVerdict, Worth } from '../patch/verdict.js';
import { existsIn } from '../program/kernel-version.js';
import { measureCosts, type Costs } from '../run/measure-costs.js';
import type { Side } from '../run/lab.js';
import { Laboratory } from '../run/laboratory.js';
import { caseGenerator } from '../scenario/generate.js';
import { costText, roundTripsOf, UNDISTURBED } from './cost-text.js';
import { callables } from './trade.js';

const CASES = 2000;

/** What the patch saves: notifications and round trips of the functions that it changes, before and after. */
export function worthOf(placement: Placement): Pick<SeriesVerdict, 'worth' | 'roundTrips'> {
  const { base, model, hunks } = placement;
  const edits = hunks.flatMap((h) => h.edits);
  if (edits.length === 0) return { worth: [], roundTrips: { before: 0, after: 0, cases: 0 } };
  const known = callables.filter((c) => existsIn(c, base.model.kernel));
  const draw = caseGenerator(known, { hardware: 'conforming', ...UNDISTURBED });
  const lab = new Laboratory(callables, model, base.model);
  const measure = (side: Side): Costs => measureCosts(lab.bench(side), draw, 'worth', CASES);
  const [before, after] = [measure('reference'), measure('candidate')];
  const functions = [...new Set(edits.map(editedOperation))].sort();
  const worth: Worth[] = functions.map((operation) => ({
    operation,
    before: costText(before.byFunction.get(operation)),
    after: costText(after.byFunction.get(operation)),
  }));
  return {
    worth,
    roundTrips: { before: roundTripsOf(before), after: roundTripsOf(after), cases: CASES },
  };
}
