import { cpusOf, pagesOf } from '../report/names.js';
import { conditionText, type Quantifier } from './condition.js';
import type { LitmusTest } from './litmus-test.js';
import type { Answer, Observation } from './observe.js';

/** What herd calls the three kinds of tests. */
const KINDS: Readonly<Record<Quantifier, string>> = {
  exists: 'Allowed',
  forbid: 'Forbidden',
  forall: 'Required',
};

const ANSWERS: Readonly<Record<Answer, string>> = { ok: 'Ok', no: 'No', undecided: 'Undecided' };

/** The answer of one model in herd's words; `bounds`: what it holds up to. */
export function answerLines(test: LitmusTest, o: Observation, bounds: string): readonly string[] {
  const width = Math.max(...o.states.map((s) => String(s.times).length));
  return [
    ...headLines(test, o),
    ...o.states.map((s) => `${String(s.times).padStart(width)} ${s.holds ? '*' : ':'}> ${s.text}`),
    ANSWERS[o.answer],
    'Witnesses',
    `Positive: ${o.positive} Negative: ${o.negative}`,
    `Condition ${conditionOf(test)}`,
    `Observation ${test.name} ${frequency(o)} ${o.positive} ${o.negative}`,
    `Bounds ${bounds}`,
  ];
}

/** What is expected of one model: the same without counts of ends, which change with every step of an operation. */
export function expectedLines(test: LitmusTest, o: Observation, bounds: string): readonly string[] {
  return [
    ...headLines(test, o),
    ...o.states.map((s) => `${s.holds ? '*' : ':'}> ${s.text}`),
    ANSWERS[o.answer],
    `Condition ${conditionOf(test)}`,
    `Observation ${test.name} ${frequency(o)}`,
    `Bounds ${bounds}`,
  ];
}

function headLines(test: LitmusTest, o: Observation): string[] {
  return [`Test ${test.name} ${KINDS[test.condition.quantifier]}`, `States ${o.states.length}`];
}

function conditionOf(test: LitmusTest): string {
  return conditionText(test.condition, { cpus: cpusOf(test.case), pages: pagesOf(test.case) });
}

function frequency({ positive, negative }: Observation): string {
  if (positive === 0) return 'Never';
  return negative === 0 ? 'Always' : 'Sometimes';
}
