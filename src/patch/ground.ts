import type { Model } from '../program/model.js';
import type { Operation } from '../program/step.js';
import { anchorsOf, functionsOf, pairOf } from './anchors.js';

/** What all placements in the same operations share. */
export class Ground {
  /** Every verb that the C of the operations is written with, in its loud and its quiet form. */
  readonly known: ReadonlySet<string>;
  private readonly holders = new Map<string, Operation[]>();

  constructor(
    readonly operations: readonly Operation[],
    models: readonly Model[],
  ) {
    for (const operation of operations)
      for (const name of functionsOf(operation))
        this.holders.set(name, [...(this.holders.get(name) ?? []), operation]);
    this.known = verbsIn(operations, { ...models[0], edits: [] });
  }

  /** Operations that hold the C function. */
  holding(cFunction: string): readonly Operation[] {
    return this.holders.get(cFunction) ?? [];
  }
}

function verbsIn(operations: readonly Operation[], bare: Model): ReadonlySet<string> {
  const out = new Set<string>();
  const all = operations.flatMap((op) => functionsOf(op).flatMap((name) => anchorsOf(op, bare, name)));
  for (const verb of all.flatMap((a) => a.verbs)) {
    if (/^(label|goto) /.test(verb)) continue;
    out.add(verb);
    const { loud, quiet } = pairOf(verb);
    if (/_range_end$|_notify$/.test(verb)) out.add(loud).add(quiet);
  }
  return out;
}
