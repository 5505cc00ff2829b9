import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { generated, kindOf, printed } from '../patch/generated.js';
import { likeness, VARIANTS, type Likeness } from '../patch/variants.js';
import { BASES, BUDGET, type JudgedPatch } from './judge-generated.js';

/**
 * Random changes of kernels, printed as C diffs, read back and judged, beside the judgement of the same change applied
 * directly; and whether other names, another file or another order of the hunks change anything. Judged by a process a
 * core; nothing depends on time or on their number.
 *
 *     npm run generated-patches [count] [seed]
 */

const [count = '100', seed = 'generated'] = process.argv.slice(2);

const TITLES: Readonly<Record<keyof typeof VARIANTS, string>> = {
  renamed: 'other names for the variables',
  moved: 'the functions in another file',
  turned: 'the hunks in another order',
};

const HOW: Readonly<Record<Likeness, string>> = {
  same: 'the same edits, hunk by hunk',
  whole: 'refused, for no context line shows the name, and understood with the whole function',
  refused: 'refused',
  OTHER: 'PLACED OTHERWISE',
};

interface Row {
  readonly kind: string;
  readonly indices: number[];
  refused: number;
}

const rows = new Map<string, Row>();
const variants = new Map<string, Map<Likeness, number>>();
const chosen: number[] = [];
let index = -1;
for (const patch of generated(seed, BASES)) {
  if (chosen.length >= Number(count)) break;
  index++;
  const kind = kindOf(patch);
  const row = rows.get(kind) ?? { kind, indices: [], refused: 0 };
  rows.set(kind, row);
  if (printed(patch).hunks.some((h) => h.verdict !== 'placed')) {
    row.refused++;
    continue;
  }
  row.indices.push(index);
  chosen.push(index);
  for (const [name, make] of Object.entries(VARIANTS)) {
    const text = make(patch);
    if (text === undefined) continue;
    const tally = variants.get(name) ?? new Map<Likeness, number>();
    variants.set(name, tally);
    const how = likeness(patch, text);
    tally.set(how, (tally.get(how) ?? 0) + 1);
    if (how === 'OTHER') process.stdout.write(`patch ${index}, ${name}: something else is placed\n${text}\n`);
  }
}

/** Each process takes every n-th patch. */
async function judgeAll(): Promise<ReadonlyMap<number, JudgedPatch>> {
  const all = new Map<number, JudgedPatch>();
  const processes = Math.min(availableParallelism(), chosen.length);
  const script = fileURLToPath(new URL('./judge-generated.js', import.meta.url));
  await Promise.all(
    Array.from({ length: processes }, async (_, k) => {
      const mine = chosen.filter((__, i) => i % processes === k);
      const child = spawn(process.execPath, [script, seed, mine.join(',')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      for await (const line of createInterface(child.stdout)) {
        const judged = JSON.parse(line) as JudgedPatch;
        all.set(judged.index, judged);
      }
    }),
  );
  return all;
}

const judged = await judgeAll();
const of = (row: Row): readonly JudgedPatch[] => row.indices.flatMap((i) => judged.get(i) ?? []);
const tallied = (list: readonly string[]): string =>
  [...new Set(list)]
    .sort()
    .map((x) => `${list.filter((y) => y === x).length} ${x}`)
    .join(', ');

process.stdout.write(
  `${chosen.length} patches of ${BASES.join(', ')}; each ${BUDGET.cases} cases, ${BUDGET.worlds} small worlds, ${BUDGET.search} other schedules of the base\n`,
);
for (const row of rows.values()) {
  const done = of(row);
  const agree = done.filter((p) => p.read === p.said);
  const missing = row.indices.length - done.length;
  process.stdout.write(
    `  ${row.kind}: ${done.length} judged, ${agree.length} agree (${tallied(agree.map((p) => p.read))}), ${row.refused} besides not placed${missing > 0 ? `, ${missing} NOT JUDGED` : ''}\n`,
  );
}
const again = [...judged.values()].flatMap((p) => p.again);
for (const [name, tally] of variants) {
  const here = again.filter((a) => a.variant === name);
  const alike = here.filter((a) => a.same).length;
  const counts = [...tally].map(([how, n]) => `${n} ${HOW[how]}`).join(', ');
  process.stdout.write(
    `  ${TITLES[name as keyof typeof VARIANTS]}: ${counts}; ${here.length} judged again, ${alike} with the same verdict\n`,
  );
}
for (const p of judged.values())
  if (p.read !== p.said)
    process.stdout.write(`DISAGREE, patch ${p.index}: read ${p.read}, said ${p.said}\n${p.diff}\n`);

const wrong =
  judged.size < chosen.length ||
  [...judged.values()].some((p) => p.read !== p.said) ||
  again.some((a) => !a.same) ||
  [...variants.values()].some((tally) => tally.has('OTHER'));
process.exitCode = wrong ? 1 : 0;
