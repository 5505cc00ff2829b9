import { asOne, direct, generated, printed, type Generated } from '../patch/generated.js';
import { judged, type Budget } from '../patch/judging.js';
import { placeText } from '../patch/placing.js';
import { likeness, VARIANTS } from '../patch/variants.js';

/**
 * Judges some of the patches of a seed; a line of JSON for each.
 *
 *     node dist/test/bench/judge-generated.js SEED INDEX,INDEX,…
 */

export const BUDGET: Budget = { cases: 250, worlds: 3, search: 20 };
export const BASES = ['v4.14', 'always-notify', 'v6.6'];

/** So many patches have their variants judged as well. */
const AGAIN = 10;

export interface JudgedPatch {
  readonly index: number;
  /** The judgement of what was read from the diff, and of the change itself. */
  readonly read: string;
  readonly said: string;
  readonly diff: string;
  readonly again: readonly { readonly variant: string; readonly same: boolean }[];
}

async function judge(index: number, patch: Generated): Promise<JudgedPatch> {
  const read = (await judged(asOne(printed(patch)), BUDGET)).judgement;
  const said = (await judged(direct(patch), BUDGET)).judgement;
  const again: JudgedPatch['again'][number][] = [];
  if (index % AGAIN === 0)
    for (const [variant, make] of Object.entries(VARIANTS)) {
      const text = make(patch);
      if (text === undefined || likeness(patch, text) !== 'same') continue;
      const { judgement } = await judged(asOne(placeText(text, patch.base.name)), BUDGET);
      again.push({ variant, same: judgement === read });
    }
  return { index, read, said, diff: patch.diff, again };
}

const [seed, list] = process.argv.slice(2);
if (list !== undefined && process.argv[1].endsWith('judge-generated.js')) {
  const wanted = new Set(list.split(',').map(Number));
  let index = -1;
  for (const patch of generated(seed, BASES)) {
    index++;
    if (wanted.has(index)) process.stdout.write(`${JSON.stringify(await judge(index, patch))}\n`);
    if (index >= Math.max(...wanted)) break;
  }
}
