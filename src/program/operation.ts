import type { Operation, Register, Step } from './step.js';

interface Draft<T extends string, L extends string> {
  readonly name: string;
  readonly from: string;
  readonly version?: string;
  readonly takes?: readonly T[];
  readonly gives?: readonly T[];
  readonly locals?: readonly L[];
  readonly steps: (r: Record<T | L, Register>) => readonly Step[];
}

/** Builds an {@link Operation}; `steps` is called once, with the registers by name. */
export function operation<const T extends string, const L extends string>(draft: Draft<T, L>): Operation {
  const registers = {} as Record<T | L, Register>;
  const named = (names: readonly (T | L)[] = []): Register[] =>
    names.map((name) => (registers[name] = { kind: 'register', name }));
  const takes = named(draft.takes);
  const gives = named(draft.gives);
  const locals = named(draft.locals);
  return {
    name: draft.name,
    from: draft.from,
    version: draft.version ?? 'v4.14',
    takes,
    gives,
    locals,
    steps: draft.steps(registers),
  };
}
