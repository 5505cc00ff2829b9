import { BadInput } from '../base/errors.js';
import { plainLinesOf, type Line } from './listing-lines.js';
import type { Edit, Locator } from './model.js';
import { StepReader } from './step-reader.js';
import { registerNames, StepText } from './step-text.js';
import type { Step } from './step.js';
import type { Vocabulary } from './vocabulary.js';

/**
 * Edits as text, one a line, with the steps that they insert indented beneath as a listing shows them:
 *
 *     mute wp_page_copy:after-clear
 *     drop try_to_unmap_one ptep_clear_flush.flush #2 in migration
 *       why "the flush is batched"
 *     insert wp_page_copy after set_pte_at
 *       flush_tlb_range(addr, 1)
 */
export function printEdits(edits: readonly Edit[], words: Vocabulary): string {
  return edits.map((edit) => `${printEdit(edit, words).join('\n')}\n`).join('');
}

function printEdit(edit: Edit, words: Vocabulary): readonly string[] {
  if (edit.kind === 'mute' || edit.kind === 'notify') return [`${edit.kind} ${edit.site}:${edit.slot}`];
  const why = edit.why === undefined ? [] : [`  why ${JSON.stringify(edit.why)}`];
  const at = locatorText(edit.step);
  if (edit.kind === 'drop') return [`drop ${edit.in} ${at}`, ...why];
  const text = new StepText(words, registerNames(words.operation(edit.in)));
  return [`insert ${edit.in} ${edit.at} ${at}`, ...why, ...edit.steps.flatMap((s) => stepLines(s, text, 1))];
}

function locatorText(at: Locator): string {
  const part = at.part === undefined ? '' : `.${at.part}`;
  const nth = at.nth === undefined ? '' : ` #${at.nth}`;
  const branch = at.branch === undefined ? '' : ` in ${at.branch}`;
  return `${at.callee}${part}${nth}${branch}${at.put === true ? ' put' : ''}`;
}

function stepLines(step: Step, text: StepText, depth: number): readonly string[] {
  const line = (s: string): string => '  '.repeat(depth) + s;
  const beneath = (list: readonly Step[]): readonly string[] =>
    list.flatMap((s) => stepLines(s, text, depth + 1));
  const own = line(text.line(step));
  switch (step.kind) {
    case 'do':
    case 'label':
    case 'goto':
    case 'call':
      return [own];
    case 'branch':
    case 'inside':
      return [own, ...beneath(step.steps)];
    case 'each':
      return [own, ...beneath(step.body)];
    case 'expand':
      return [own, ...step.parts.map((d) => `  ${line(`.${d.part ?? ''}  ${text.line(d)}`)}`)];
    case 'when': {
      const otherwise = step.otherwise.length === 0 ? [] : [line('else'), ...beneath(step.otherwise)];
      return [own, ...beneath(step.then), ...otherwise];
    }
  }
}

/** Reads what {@link printEdits} wrote; throws {@link BadInput} that names the line. */
export function parseEdits(text: string, words: Vocabulary): readonly Edit[] {
  return plainLinesOf(text.split('\n'), 1).map((line) => parseEdit(line, words));
}

const EDIT =
  /^(drop|insert) (\S+) (?:(before|after) )?([\w[\]-]+)(?:\.([\w-]+))?(?: #(\d+))?(?: in (\S+))?( put)?$/;

function parseEdit(line: Line, words: Vocabulary): Edit {
  const slot = /^(mute|notify) (\S+):([^\s:]+)$/.exec(line.text);
  if (slot !== null) return { kind: slot[1] as 'mute' | 'notify', site: slot[2], slot: slot[3] };
  const [, kind, operation = '', side, callee = '', part, nth, branch, put] = EDIT.exec(line.text) ?? [];
  if (kind === undefined || (kind === 'insert') !== (side !== undefined))
    throw new BadInput(
      `Line ${line.number} ("${line.text}") is no edit; expected "mute SITE:SLOT", "notify SITE:SLOT", ` +
        '"drop OPERATION CALLEE" or "insert OPERATION before|after CALLEE".',
    );
  const step: Locator = {
    callee,
    ...(nth === undefined ? {} : { nth: Number(nth) }),
    ...(branch === undefined ? {} : { branch }),
    ...(part === undefined ? {} : { part }),
    ...(put === undefined ? {} : { put: true as const }),
  };
  const [first, ...rest] = line.beneath;
  const reason = first?.text.startsWith('why ') === true ? { why: reasonOf(first) } : {};
  const steps = 'why' in reason ? rest : line.beneath;
  if (kind === 'drop') {
    if (steps.length > 0) throw new BadInput(`Line ${steps[0].number}: a drop has no steps beneath it.`);
    return { kind: 'drop', in: operation, step, ...reason };
  }
  const owner = words.operation(operation);
  const reader = new StepReader(words, [...owner.takes, ...owner.gives, ...owner.locals]);
  return {
    kind: 'insert',
    in: operation,
    at: side as 'before' | 'after',
    step,
    steps: reader.steps(steps),
    ...reason,
  };
}

function reasonOf(line: Line): string {
  try {
    return String(JSON.parse(line.text.slice('why '.length)));
  } catch {
    throw new BadInput(`Line ${line.number} ("${line.text}") gives no reason; expected a quoted sentence.`);
  }
}
