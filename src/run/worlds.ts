import type { Geometry } from '../machine/geometry.js';
import { hardwareOf, type HardwareSet } from '../machine/hardware.js';
import { Layout } from '../machine/layout.js';
import type { Machine, ProgramStep } from '../machine/machine.js';
import type { Callable } from '../program/callable.js';
import type { Case } from '../scenario/case.js';
import { geometryOf } from '../scenario/geometry-of.js';
import { programsOf, setUp } from '../scenario/setup.js';

/** What a case begins as on any model of one layout. */
export interface World {
  readonly layout: Layout;
  readonly programs: readonly (readonly ProgramStep[])[];
  readonly hardware: HardwareSet;
  /** A guess of the steps, from the programs alone: accesses are short, other operations are not. */
  readonly expectedSteps: number;
}

/** Steps of an access and of another operation, about the middle of what campaigns see. */
const ACCESS_STEPS = 5;
const OPERATION_STEPS = 18;

/** A layout, and room for the words that the last case of its geometry begins with. */
interface Place {
  readonly layout: Layout;
  readonly words: Int32Array;
}

/**
 * Makes the worlds of cases. The last one is kept, since a case runs on two models, and often under many schedules: it is
 * worked out once, and its words are copied from then on.
 */
export class Worlds {
  private readonly places = new Map<number, Place>();
  private last: Case | undefined;
  private world: World | undefined;
  private place: Place | undefined;
  private isSetUp = false;

  constructor(
    private readonly callables: ReadonlyMap<string, Callable>,
    private readonly registers: number,
  ) {}

  of(c: Case): World {
    if (c === this.last && this.world !== undefined) return this.world;
    const geometry = geometryOf(c);
    const key = keyOf(geometry);
    let place = this.places.get(key);
    if (place === undefined) {
      const layout = new Layout(geometry, this.registers);
      this.places.set(key, (place = { layout, words: new Int32Array(layout.size) }));
    }
    this.last = c;
    this.place = place;
    this.isSetUp = false;
    return (this.world = {
      layout: place.layout,
      programs: programsOf(c, this.callables),
      hardware: hardwareOf(c.hardware),
      expectedSteps: this.expectedSteps(c),
    });
  }

  /** Puts the words of the last world into a machine of its layout. */
  setUp(m: Machine): void {
    const { words } = this.place!;
    if (this.isSetUp) return m.restore(words);
    setUp(m, this.last!);
    m.snapshot(words);
    this.isSetUp = true;
  }

  private expectedSteps(c: Case): number {
    let steps = 0;
    for (const { operations } of c.threads)
      for (const { name } of operations)
        steps += this.callables.get(name)?.args.includes('word') === true ? ACCESS_STEPS : OPERATION_STEPS;
    return steps;
  }
}

/** A number for each geometry, within what cases may have. */
function keyOf(g: Geometry): number {
  let key = g.iotlb === true ? 1 : 0;
  for (const n of [g.mms, g.puds, g.cpus, g.devices]) key = key * 8 + n;
  for (const n of [g.frames, g.filePages, g.swapSlots]) key = key * 1024 + n;
  return key;
}
