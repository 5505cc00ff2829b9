import type { Shown } from './compare.js';
import { comparedMemory } from './results.js';
import { outcomeOf, type Ended } from './workbench.js';

/** What a run showed, copied out of the machine, which the next run takes. The outcome is read before that. */
export function show(ended: Ended): Shown {
  const { machine, memory } = ended;
  return {
    violation: memory.violation,
    latent: memory.latent,
    inconclusive: ended.inconclusive,
    steps: memory.step,
    results: machine.results.slice(),
    programs: machine.programs,
    cpus: machine.layout.geometry.cpus,
    memory: memory.violation === undefined ? comparedMemory(machine) : new Int32Array(0),
    latentAt: memory.latentAt,
    outcome: () => outcomeOf(ended),
  };
}
