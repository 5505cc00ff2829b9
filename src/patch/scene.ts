import type { Model } from '../program/model.js';
import type { Operation } from '../program/step.js';
import type { Anchor } from './anchors.js';
import type { Arguments } from './arguments.js';
import type { Change } from './changes.js';
import type { Element } from './elements.js';

/** What cannot be said as an edit, and at which line of the patch. */
export class Obstacle extends Error {
  constructor(
    readonly verdict: 'not-modelled' | 'not-placeable',
    readonly line: number,
    readonly why: string,
  ) {
    super(why);
  }
}

/** The function that is edited, as the patch and the model have it. */
export interface Scene {
  readonly operation: Operation;
  readonly operations: readonly Operation[];
  readonly model: Model;
  readonly anchors: readonly Anchor[];
  readonly elements: readonly Element[];
  /** Anchor of each element, -1 without one. */
  readonly at: readonly number[];
  /** Anchors at which each could stand as well. */
  readonly rivals: readonly (readonly number[])[];
  readonly args: Arguments;
  /** The hunk shows the whole function. */
  readonly whole: boolean;
  /** What each hunk changes, by the elements' `hunk`. */
  readonly changes: readonly (readonly Change[])[];
  /** Functions whose parameters the patch changes. */
  readonly redeclared: ReadonlySet<string>;
}
