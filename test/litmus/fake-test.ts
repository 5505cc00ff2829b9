import type { LitmusTest } from '../../src/litmus/litmus-test.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { Prng } from '../../src/base/prng.js';
import type { Case } from '../../src/scenario/case.js';
import { FAKES } from '../scenario/fake-callables.js';

const draw = caseGenerator(FAKES, {
  choice: 0.5,
  secondMm: 0.5,
  secondPud: 0.4,
  subscribers: [1, 1, 1, 1],
  hardware: 'any',
});

/** A generated case with segments of all kinds. */
export function drawnCase(seed: number): Case {
  const c = draw(new Prng(`litmus/${seed}`));
  const schedule = c.threads.flatMap((t, thread) => [
    ...t.operations.map((o, operation) => ({
      thread,
      operation,
      path: `${o.name}:3 a|b; "c"`,
      occurrence: 2,
    })),
    { thread, operation: t.operations.length, path: '', occurrence: seed % 3 },
  ]);
  return { ...c, schedule };
}

export function testOf(c: Case, more: Partial<LitmusTest> = {}): LitmusTest {
  return {
    name: 'drawn',
    about: '',
    case: c,
    models: [],
    bounds: {},
    condition: { quantifier: 'forbid', what: { kind: 'not', of: { kind: 'clean' } } },
    ...more,
  };
}
