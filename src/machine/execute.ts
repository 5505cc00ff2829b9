import { AGAIN, BLOCKED, DONE, NO, type Primitive } from '../program/primitive.js';
import { READ, type Runtime } from '../program/lower.js';
import { HEAD, PACKED, RETURNS } from '../program/packed.js';
import { THREAD } from './layout.js';
import type { Machine } from './machine.js';

/** Bits of the modes of the four arguments in the head of an instruction; of two, one is READ. */
const [A, B, C, D] = [3, 3 << 2, 3 << 4, 3 << 6];
const [A_READ, B_READ, C_READ, D_READ] = [READ, READ << 2, READ << 4, READ << 6];

/**
 * Hot. Runs the step that thread `t` stands before, and the private ones after it up to the next visible step.
 * False when the thread cannot go on: nothing has changed then.
 */
export function step(m: Machine, t: number): boolean {
  const words = m.words;
  const base = m.layout.thread + t * m.layout.threadSize;
  const regs = base + THREAD.REGS;
  const { packed, bit } = m.code;
  const code = packed.words;
  let i = words[base + THREAD.PC] << PACKED.SHIFT;
  const head = code[i];
  let next = i + PACKED.SKIP;
  if ((head & bit) !== 0) {
    const answer = packed.runs[head >>> HEAD.PRIMITIVE_SHIFT](
      m,
      t,
      (head & A) === 0 ? code[i + 1] : (head & A_READ) !== 0 ? words[regs + code[i + 1]] : regs + code[i + 1],
      (head & B) === 0 ? code[i + 2] : (head & B_READ) !== 0 ? words[regs + code[i + 2]] : regs + code[i + 2],
      (head & C) === 0 ? code[i + 3] : (head & C_READ) !== 0 ? words[regs + code[i + 3]] : regs + code[i + 3],
      (head & D) === 0 ? code[i + 4] : (head & D_READ) !== 0 ? words[regs + code[i + 4]] : regs + code[i + 4],
    );
    if (answer < NO) {
      if (answer !== AGAIN) return false;
      m.blocked = 0;
      return true;
    }
    next = answer === NO ? i + PACKED.OTHERWISE : i + PACKED.NEXT;
  }
  i = landing(m, t, code[next]);
  words[base + THREAD.PC] = i >> PACKED.SHIFT;
  m.blocked = 0;
  return true;
}

/** Hot. Runs private steps from `from` on, a packed place; where the first visible one is. */
function landing(m: Machine, t: number, from: number): number {
  const words = m.words;
  const regs = m.layout.thread + t * m.layout.threadSize + THREAD.REGS;
  const { packed, bit } = m.code;
  const code = packed.words;
  let i = from;
  let head = code[i];
  while ((head & HEAD.VISIBLE) === 0) {
    const primitive = head >>> HEAD.PRIMITIVE_SHIFT;
    if (primitive === RETURNS) {
      finish(m, t);
      i = dispatch(m, t) << PACKED.SHIFT;
    } else if ((head & bit) === 0) i = code[i + PACKED.SKIP];
    else {
      const answer = packed.runs[primitive](
        m,
        t,
        (head & A) === 0
          ? code[i + 1]
          : (head & A_READ) !== 0
            ? words[regs + code[i + 1]]
            : regs + code[i + 1],
        (head & B) === 0
          ? code[i + 2]
          : (head & B_READ) !== 0
            ? words[regs + code[i + 2]]
            : regs + code[i + 2],
        (head & C) === 0
          ? code[i + 3]
          : (head & C_READ) !== 0
            ? words[regs + code[i + 3]]
            : regs + code[i + 3],
        (head & D) === 0
          ? code[i + 4]
          : (head & D_READ) !== 0
            ? words[regs + code[i + 4]]
            : regs + code[i + 4],
      );
      i = answer === NO ? code[i + PACKED.OTHERWISE] : code[i + PACKED.NEXT];
    }
    head = code[i];
  }
  return i;
}

/** Brings every thread to its first visible step. Call once, after the world is set up. */
export function start(m: Machine): void {
  for (let t = 0; t < m.layout.threads; t++) {
    const base = m.layout.threadAt(t);
    m.words[base + THREAD.OP] = -1;
    m.words[base + THREAD.PC] = landing(m, t, dispatch(m, t) << PACKED.SHIFT) >> PACKED.SHIFT;
  }
  m.blocked = 0;
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
