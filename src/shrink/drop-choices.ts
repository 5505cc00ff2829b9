import type { Case } from '../scenario/case.js';
import { mapCalls, operationsOf, without } from './operations.js';
import { offering } from './pass.js';

/** The case without any choice, and without one choice of one operation, for each. */
export function withoutEachChoice(c: Case): readonly Case[] {
  const single = operationsOf(c).flatMap(({ thread, operation, call }) =>
    call.choices.map((_, i) =>
      mapCalls(c, (other, at) =>
        at.thread === thread && at.operation === operation
          ? { ...other, choices: without(other.choices, i) }
          : other,
      ),
    ),
  );
  return single.length < 2 ? single : [mapCalls(c, (call) => ({ ...call, choices: [] })), ...single];
}

export const dropChoices = offering('drop choices', withoutEachChoice);
