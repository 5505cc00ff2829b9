import type { Model } from '../program/model.js';
import type { Operation } from '../program/step.js';
import { anchorsOf, functionsOf, isWritten, pairOf, type Anchor } from './anchors.js';

/** What all placements in the same operations share. */
export class Ground {
  /** Every verb that the C of the operations is written with, in its loud and its quiet form. */
  readonly known: ReadonlySet<string>;
  /** Those, and the names that values are made with. */
  readonly words: ReadonlySet<string>;
  /** Names of verbs that say whether they notify, in the form that does. */
  readonly notifying: ReadonlySet<string>;
  private readonly holders = new Map<string, Operation[]>();

  constructor(
    readonly operations: readonly Operation[],
    models: readonly Model[],
  ) {
    for (const operation of operations)
      for (const name of functionsOf(operation))
        this.holders.set(name, [...(this.holders.get(name) ?? []), operation]);
    const bare = { ...models[0], edits: [] };
    const all = operations.flatMap((op) => functionsOf(op).flatMap((name) => anchorsOf(op, bare, name)));
    this.known = verbsIn(all);
    this.notifying = new Set(
      all.flatMap(({ step }) =>
        step.kind === 'expand' && step.parts.some(isWritten(step)) ? [pairOf(step.name).loud] : [],
      ),
    );
    this.words = new Set([...this.known, ...all.flatMap((a) => a.hints)]);
  }

  /** The function is an operation, or a step of one. */
  isModelled(cFunction: string): boolean {
    return this.holders.has(cFunction) || this.known.has(cFunction);
  }

  /** Operations that hold the C function. */
  holding(cFunction: string): readonly Operation[] {
    return this.holders.get(cFunction) ?? [];
  }
}

function verbsIn(all: readonly Anchor[]): ReadonlySet<string> {
  const out = new Set<string>();
  for (const verb of all.flatMap((a) => a.verbs)) {
    if (/^(label|goto) /.test(verb)) continue;
    out.add(verb);
    const { loud, quiet } = pairOf(verb);
    if (/_range_end$|_notify$/.test(verb)) out.add(loud).add(quiet);
  }
  return out;
}
