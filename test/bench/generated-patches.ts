import { asOne, generated, direct, printed } from '../patch/generated.js';
import { judged, type Budget } from '../patch/judging.js';

/**
 * Random changes of kernels, printed as C diffs and judged, beside the judgement of the same change applied directly: what
 * becomes of each, and how often both agree. Nothing depends on time.
 *
 *     npm run generated-patches [count] [seed]
 */

const [count = '100', seed = 'generated'] = process.argv.slice(2);
const BUDGET: Budget = { cases: 250, worlds: 3, search: 20 };
const BASES = ['v4.14', 'always-notify', 'v6.6'];

const tally = new Map<string, number>();
const note = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);

let judgedPatches = 0;
for (const patch of generated(seed, BASES)) {
  if (judgedPatches >= Number(count)) break;
  judgedPatches++;
  const placement = printed(patch);
  const unplaced = placement.hunks.find((h) => h.verdict !== 'placed');
  if (unplaced !== undefined) {
    note(unplaced.verdict);
    continue;
  }
  const [read, said] = [await judged(asOne(placement), BUDGET), await judged(direct(patch), BUDGET)];
  const agree = read.judgement === said.judgement;
  note(agree ? `agree: ${read.judgement}` : 'DISAGREE');
  if (!agree)
    process.stdout.write(
      `${patch.base.name} ${patch.operation}: read ${read.judgement}, said ${said.judgement}\n${patch.diff}\n`,
    );
}

process.stdout.write(`${judgedPatches} patches\n`);
for (const [what, n] of [...tally].sort()) process.stdout.write(`  ${n}  ${what}\n`);
process.exitCode = tally.has('DISAGREE') ? 1 : 0;
