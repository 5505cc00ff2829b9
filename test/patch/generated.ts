import { models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import type { Placement } from '../../src/patch/placement.js';
import { printDiff } from '../../src/patch/print-diff.js';
import type { Edit, Model } from '../../src/program/model.js';
import { operations, placeText } from './placing.js';
import { randomEdits } from './random-edits.js';

/** A random change of a kernel, as edits and as the diff of its C. */
export interface Generated {
  readonly base: Model;
  readonly operation: string;
  readonly edits: readonly Edit[];
  readonly diff: string;
}

/** Changes that a C function shows, of the base models in turns. */
export function* generated(seed: string, bases: readonly string[]): Generator<Generated, void> {
  const prng = new Prng(seed);
  for (let i = 0; ; i++) {
    const base = models.find((m) => m.name === bases[i % bases.length])!;
    const { operation, edits } = randomEdits(prng, operations, base);
    const diff = printDiff([operation], base, { ...base, edits: [...base.edits, ...edits] });
    if (diff !== '') yield { base, operation: operation.name, edits, diff };
  }
}

/** What was done, in words. */
export function kindOf({ edits }: Generated): string {
  const kinds = edits.map((e) => e.kind).join();
  if (kinds === 'mute') return 'a notification taken away';
  if (kinds === 'drop') return 'a step left out';
  return kinds === 'insert' ? 'a step done twice' : 'a step moved';
}

/** The edits as `validate` would have them if somebody had said them: one hunk, nothing read. */
export function direct({ base, operation, edits }: Generated): Placement {
  const hunk = {
    patch: 0,
    file: `${operation}.c`,
    line: 0,
    fileLine: 0,
    function: operation,
    verdict: 'placed' as const,
    edits,
    why: '',
    text: '',
  };
  const model = { ...base, name: `${base.name}+patch`, edits: [...base.edits, ...edits] };
  return { base: { model: base, why: 'said', score: 0, applied: false }, hunks: [hunk], model };
}

/** The same change read from its diff. */
export function printed({ base, diff }: Generated): Placement {
  return placeText(diff, base.name);
}

/** The hunks as one: what is judged is the change, in however many hunks a diff shows it. */
export function asOne(placement: Placement): Placement {
  const [first] = placement.hunks;
  return { ...placement, hunks: [{ ...first, edits: placement.hunks.flatMap((h) => h.edits) }] };
}
