import { readFileSync } from 'node:fs';

import { judged, type Budget } from '../patch/judging.js';
import { placeText } from '../patch/placing.js';

/**
 * Judges patch files, each for a base, with a stated budget and no clock; prints a line of JSON for each: its name and the
 * judgements of its hunks.
 *
 *     node dist/test/bench/judge-patches.js '{"cases":250,"worlds":12,"search":50}' FILE BASE [FILE BASE ...]
 */

const [budget, ...rest] = process.argv.slice(2);
for (let i = 0; i + 1 < rest.length; i += 2) {
  const placement = placeText(readFileSync(rest[i], 'utf8'), rest[i + 1]);
  const { hunks, bounds } = await judged(placement, JSON.parse(budget) as Budget);
  const canary = bounds.cases === 0 || bounds.canaryCaught;
  process.stdout.write(
    `${JSON.stringify({ file: rest[i], canary, hunks: hunks.map((h) => h.judgement) })}\n`,
  );
}
