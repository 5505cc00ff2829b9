/** How far an exploration goes. What it says holds up to exactly these. */
export interface Bounds {
  /** States that are kept, at most. */
  readonly states: number;
  /** Preemptions on one path, at most: switches away from a thread that could go on. Infinity: no bound. */
  readonly preemptions: number;
  /** Steps on one path, at most. */
  readonly depth: number;
}

export const DEFAULT_BOUNDS: Bounds = { states: 20_000_000, preemptions: Infinity, depth: 4000 };

/** Which reductions are used; none of them loses a verdict. */
export interface Reductions {
  /** Of threads that are equal, the first begins first. */
  readonly symmetry: boolean;
  /** A step that uses no word that another thread could still disturb, or see change, is taken alone: see futures.ts. */
  readonly footprints: boolean;
}

export const REDUCED: Reductions = { symmetry: true, footprints: true };
export const UNREDUCED: Reductions = { symmetry: false, footprints: false };
