/** A broken promise between two parts of shootdown itself: a bug here, never in the input. Exit code 70. */
export class HarnessBug extends Error {
  override readonly name = 'HarnessBug';
}

/** Throws {@link HarnessBug} with `what` unless `holds`. Never used on a hot path with a built string. */
export function assert(holds: boolean, what: string): asserts holds {
  if (!holds) throw new HarnessBug(what);
}
