import { AS_IS, lower, type Code, type Instruction, type Runtime } from './lower.js';
import { livenessOf, reaching } from './liveness.js';
import type { Model } from './model.js';
import { Path, type Watched } from './path-state.js';
import { DONE, type Primitive } from './primitive.js';
import type { Problem } from './problem.js';
import type { Operation } from './step.js';
import { answer, isCopy, isPure, numbersOf, operandsOf, readsOf, symbolOf, writesOf } from './symbol.js';

/** States of one program operation that are looked at; one that has more is reported as not checked to the end. */
const MOST = 400_000;

const primitive = (name: string, shape: Primitive['shape']): Primitive => ({
  name,
  params: [],
  shape,
  visible: false,
  sleeps: false,
  run: () => DONE,
});
/** Lowering spreads `assign` into jumps and into what puts a value into a register; they keep its shape. */
const runtime: Runtime = {
  ret: primitive('return', 'step'),
  idle: primitive('idle', 'step'),
  assign: primitive('assign', 'value'),
  forget: primitive('forget', 'step'),
};

/**
 * Follows every path of the program operations as `model` has them, with all that they call in place. On each path:
 *
 * - what a step takes (a lock, a bracket, a gather: {@link Primitive.effect}) is released by the return, once;
 * - nothing that may sleep is called under a spinlock;
 * - a page reference that is taken is spoken of again before its register is lost.
 *
 * It knows numbers that are put into registers, and outcomes of tests that depend on registers alone. It does not
 * verify: that a reference that is spoken of again is put, or handed on, exactly once; that the lock released is the one
 * taken where the text names it by another value (only that one of its kind is held); the order of locks; what a test on
 * the words makes impossible, so a path may be followed that no run takes.
 */
export function checkPaths(programs: readonly Operation[], model: Model): readonly Problem[] {
  const [code] = lower(programs, [model], runtime);
  return programs.flatMap((program) => new Paths(code, program).check());
}

class Paths {
  private readonly first: number;
  private readonly watched: Watched;
  private readonly problems = new Map<string, Problem>();
  private readonly seen = new Set<string>();
  private readonly aside = new Set<string>();
  private readonly open: Path[] = [];

  constructor(
    private readonly code: Code,
    private readonly program: Operation,
  ) {
    this.first = code.entry.get(program.name)!;
    this.watched = watch(code, this.first);
  }

  check(): readonly Problem[] {
    const registers = new Map(this.program.takes.map((_, i) => [i, `r${i}`]));
    this.reach(Path.start(this.watched, this.first, registers));
    for (let path = this.open.pop(); path !== undefined; path = this.open.pop()) {
      if (this.seen.size > MOST) {
        this.add(this.first, `has more than ${MOST} states; the rest of its paths was not followed`);
        break;
      }
      this.follow(path);
    }
    return [...this.problems.values()];
  }

  private reach(path: Path): void {
    const key = path.key();
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.open.push(path);
  }

  private add(at: number, text: string): void {
    const { path, operation } = this.code.instructions[at].info;
    const key = `${path.split(' ').slice(-2).join(' ')} ${text}`;
    if (!this.problems.has(key)) this.problems.set(key, { operation, path, text });
  }

  private follow(path: Path): void {
    const at = path.at;
    const i = this.code.instructions[at];
    if (i.primitive === runtime.ret) {
      for (const held of path.heldAtReturn())
        this.add(held.at, `${held.resource} is taken and not released on every path`);
      for (const lost of path.unspoken())
        this.add(lost.at, 'a page reference is taken and never spoken of again');
      return;
    }
    const tell = (text: string): void => this.add(at, text);
    const next = path.clone();
    next.speak(i);
    if (i.primitive?.sleeps === true && !i.idle) {
      const lock = path.spinlock();
      if (lock !== undefined) tell(`${i.primitive.name} may sleep and is called with ${lock} held`);
    }
    if (i.primitive?.shape === 'test' && !i.idle) this.branch(next, i, tell);
    else this.goOn(next, i, i.next, true, tell);
  }

  private branch(path: Path, i: Instruction, tell: (text: string) => void): void {
    const outcome = this.outcome(path, i);
    if (outcome !== false && !this.wasAside(path, i)) this.goOn(path.clone(), i, i.next, true, tell);
    if (outcome !== true) this.goOn(path, i, i.otherwise, false, tell);
  }

  /** The steps behind the test leave nothing behind, and were followed with the same locks held. */
  private wasAside(path: Path, i: Instruction): boolean {
    if (i.primitive?.aside !== true) return false;
    const key = `${i.info.operation} ${path.heldKinds()}`;
    if (this.aside.has(key)) return true;
    this.aside.add(key);
    return false;
  }

  /** How the test ends on this path, if that is known. */
  private outcome(path: Path, i: Instruction): boolean | undefined {
    if (!this.watched.pure.has(i)) return undefined;
    const symbols = operandsOf(i).map((o) => symbolOf(o, path.registers));
    const numbers = numbersOf(symbols);
    const known = numbers === undefined ? undefined : answer(i.primitive!, numbers);
    return known === undefined ? path.fact(i) : known === DONE;
  }

  private goOn(path: Path, i: Instruction, to: number, holds: boolean, tell: (text: string) => void): void {
    if (!i.idle) {
      if (i.primitive?.shape === 'test') path.learn(i, holds);
      if (holds) {
        path.write(i, tell);
        path.apply(i, tell);
      }
    }
    path.goTo(to);
    this.reach(path);
  }
}

/** Which registers and tests decide what is held, so that paths that differ in nothing else are one. */
function watch(code: Code, first: number): Watched {
  let last = first;
  while (code.instructions[last].primitive !== runtime.ret) last++;
  const own = code.instructions.slice(first, last + 1);
  const tests = own.filter((i) => i.primitive?.shape === 'test' && isPure(i.primitive));
  const copies = new Set(own.filter((i) => i.primitive !== undefined && isCopy(i.primitive)));
  const { forget } = runtime;
  const forgotten = (i: Instruction): readonly number[] =>
    i.primitive === forget ? Array.from({ length: i.b }, (_, n) => i.a + n) : [];
  const repeated = repeatedOf(tests);
  const again = new Map<string, readonly number[]>();
  for (let at = first; at <= last; at++) {
    const key = repeated.get(code.instructions[at]);
    if (key !== undefined) again.set(key, [...(again.get(key) ?? []), at]);
  }
  return {
    numbers: sources(own, copies, tests.flatMap(readsOf)),
    identities: sources(own, copies, [...takenRegisters(own), ...[...repeated.keys()].flatMap(readsOf)]),
    pure: new Set(tests),
    repeated,
    asked: new Map([...again].map(([key, places]) => [key, reaching(code, first, last, places)])),
    copies,
    live: livenessOf(code, first, last, forgotten),
    forget,
  };
}

/** Registers that say what is taken and released. */
function takenRegisters(own: readonly Instruction[]): readonly number[] {
  return own.flatMap((i) => {
    const of = i.primitive?.effect?.of;
    const named = of === undefined ? undefined : operandsOf(i)[of];
    return named === undefined || named.mode === AS_IS ? [] : [named.value];
  });
}

/** The registers, and those that they are copied or computed from. */
function sources(
  own: readonly Instruction[],
  copies: ReadonlySet<Instruction>,
  registers: readonly number[],
): ReadonlySet<number> {
  const out = new Set(registers);
  for (let size = -1; size !== out.size;) {
    size = out.size;
    for (const i of own) {
      if (!copies.has(i) && i.primitive?.shape !== 'value') continue;
      if (writesOf(i).some((r) => out.has(r))) for (const r of readsOf(i)) out.add(r);
    }
  }
  return out;
}

/** The tests that stand more than once in the text of one operation, with the same arguments; by what they ask. */
function repeatedOf(tests: readonly Instruction[]): ReadonlyMap<Instruction, string> {
  const keyOf = (i: Instruction): string => {
    const text = i.info.path.replace(/:[^:]*$/, '');
    return [text, i.primitive!.name, ...operandsOf(i).map((o) => `${o.mode}/${o.value}`)].join(' ');
  };
  const times = new Map<string, number>();
  for (const i of tests) times.set(keyOf(i), (times.get(keyOf(i)) ?? 0) + 1);
  return new Map(tests.filter((i) => times.get(keyOf(i))! > 1).map((i) => [i, keyOf(i)]));
}
