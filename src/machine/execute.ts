import { AGAIN, BLOCKED, DONE, NO, type Primitive } from '../program/primitive.js';
import { INDEX, READ, type Runtime } from '../program/lower.js';
import { THREAD } from './layout.js';
import type { Machine } from './machine.js';

/**
 * Hot. Runs the step that thread `t` stands before, and the private ones after it up to the next visible step.
 * False when the thread cannot go on: nothing has changed then.
 */
export function step(m: Machine, t: number): boolean {
  const words = m.words;
  const base = m.layout.thread + t * m.layout.threadSize;
  const regs = base + THREAD.REGS;
  const code = m.code.instructions;
  let pc = words[base + THREAD.PC];
  let i = code[pc];
  let answer = i.run(
    m,
    t,
    i.am === READ ? words[regs + i.a] : i.am === INDEX ? regs + i.a : i.a,
    i.bm === READ ? words[regs + i.b] : i.bm === INDEX ? regs + i.b : i.b,
    i.cm === READ ? words[regs + i.c] : i.cm === INDEX ? regs + i.c : i.c,
    i.dm === READ ? words[regs + i.d] : i.dm === INDEX ? regs + i.d : i.d,
  );
  if (answer < NO) {
    if (answer !== AGAIN) return false;
    m.blocked = 0;
    return true;
  }
  pc = answer === NO ? i.otherwise : i.next;
  i = code[pc]!;
  while (!i.visible) {
    if (i.primitive === RETURN) {
      finish(m, t);
      pc = dispatch(m, t);
    } else {
      answer = i.run(
        m,
        t,
        i.am === READ ? words[regs + i.a] : i.am === INDEX ? regs + i.a : i.a,
        i.bm === READ ? words[regs + i.b] : i.bm === INDEX ? regs + i.b : i.b,
        i.cm === READ ? words[regs + i.c] : i.cm === INDEX ? regs + i.c : i.c,
        i.dm === READ ? words[regs + i.d] : i.dm === INDEX ? regs + i.d : i.d,
      );
      pc = answer === NO ? i.otherwise : i.next;
    }
    i = code[pc]!;
  }
  words[base + THREAD.PC] = pc;
  m.blocked = 0;
  return true;
}

/** Brings every thread to its first visible step. Call once, after the world is set up. */
export function start(m: Machine): void {
  for (let t = 0; t < m.layout.threads; t++) {
    const base = m.layout.threadAt(t);
    m.words[base + THREAD.OP] = -1;
    m.words[base + THREAD.PC] = landing(m, t, dispatch(m, t));
  }
  m.blocked = 0;
}

/** Runs private steps from `pc` on; the first visible one. */
function landing(m: Machine, t: number, from: number): number {
  const { words, code } = m;
  const regs = m.layout.threadAt(t) + THREAD.REGS;
  let pc = from;
  for (;;) {
    const i = code.instructions[pc];
    if (i.visible) return pc;
    if (i.primitive === RETURN) {
      finish(m, t);
      pc = dispatch(m, t);
      continue;
    }
    const arg = (mode: number, value: number): number =>
      mode === READ ? words[regs + value] : mode === INDEX ? regs + value : value;
    const answer = i.run(m, t, arg(i.am, i.a), arg(i.bm, i.b), arg(i.cm, i.c), arg(i.dm, i.d));
    pc = answer === NO ? i.otherwise : i.next;
  }
}

/** The outermost operation returns: its registers are gone, whoever watches is told. */
function finish(m: Machine, t: number): void {
  const base = m.layout.threadAt(t);
  const w = m.words;
  if (w[base + THREAD.ERROR] !== 0) m.returns(t, -w[base + THREAD.ERROR]);
  m.observer.returned(m, t);
  w.fill(0, base + THREAD.REGS, base + m.layout.threadSize);
  w[base + THREAD.ERROR] = 0;
}

/** Takes up the thread's next operation; the instruction that it begins with, 0 when there is none. */
function dispatch(m: Machine, t: number): number {
  const base = m.layout.threadAt(t);
  const w = m.words;
  const op = w[base + THREAD.OP] + 1;
  w[base + THREAD.OP] = op;
  const next = m.programs[t]?.[op];
  if (next === undefined) {
    w[base + THREAD.CHOICES] = 0;
    w[base + THREAD.TAG] = 0;
    return 0;
  }
  for (let i = 0; i < next.args.length; i++) w[base + THREAD.REGS + i] = next.args[i]!;
  w[base + THREAD.CHOICES] = next.choices;
  w[base + THREAD.TAG] = next.tag;
  m.observer.called(m, t);
  return m.code.entry.get(next.name)!;
}

const RETURN: Primitive = {
  name: 'return',
  params: [],
  shape: 'step',
  visible: false,
  sleeps: false,
  run: () => DONE,
};

/** What lowering needs of the machine. */
export const runtime: Runtime = {
  ret: RETURN,
  idle: { name: 'idle', params: [], shape: 'step', visible: true, sleeps: false, run: () => BLOCKED },
  assign: {
    name: 'assign',
    params: [
      { name: 'to', mode: 'out' },
      { name: 'value', mode: 'in' },
    ],
    shape: 'step',
    visible: false,
    sleeps: false,
    run(m: object, _t: number, to: number, value: number): number {
      (m as Machine).words[to] = value;
      return DONE;
    },
  },
  forget: {
    name: 'forget',
    params: [
      { name: 'from', mode: 'out' },
      { name: 'count', mode: 'in' },
    ],
    shape: 'step',
    visible: false,
    sleeps: false,
    run(m: object, _t: number, from: number, count: number): number {
      (m as Machine).words.fill(0, from, from + count);
      return DONE;
    },
  },
};
