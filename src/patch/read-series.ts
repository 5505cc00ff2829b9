import { BadInput } from '../base/errors.js';
import { cutOff } from './cut-off.js';
import { checkText } from './diff-damage.js';
import { readDiff } from './read-diff.js';
import type { Patch, PatchSeries } from './series.js';

/** A message as decoded text; `subject` is '' if it has none, `date` its day as `YYYY-MM-DD`. */
export interface Letter {
  readonly subject: string;
  readonly date?: string;
  readonly body: string;
}

interface Numbered {
  readonly patch: Patch;
  readonly version: number;
  readonly number: number;
}

/**
 * The patches among the messages, in the order of their numbers. Cover letters and replies hold no diff of their own, or
 * answer somebody; of several versions of a series the last one counts. Throws {@link BadInput} when no diff is there.
 */
export function readSeries(letters: readonly Letter[], what: string): PatchSeries {
  const read = letters.map((letter) => numbered(letter, what)).filter((n) => n.patch.files.length > 0);
  const own = read.some((n) => !isReply(n.patch.subject))
    ? read.filter((n) => !isReply(n.patch.subject))
    : read;
  if (own.length === 0)
    throw new BadInput(
      `${what} holds no diff; expected a unified diff, a patch as a mail, or an mbox of a series.`,
    );
  const last = Math.max(...own.map((n) => n.version));
  const current = own.filter((n) => n.version === last);
  return { patches: [...current].sort((a, b) => a.number - b.number).map((n) => n.patch) };
}

function isReply(subject: string): boolean {
  return /^\s*(re|aw|sv)\s*:/i.test(subject);
}

function numbered(letter: Letter, what: string): Numbered {
  checkText(letter.body, what);
  const subject = (letter.subject === '' ? titleIn(letter.body) : letter.subject).replace(/\s+/g, ' ').trim();
  const tag = /\[([^\]]*)\]/.exec(subject)?.[1] ?? '';
  const files = readDiff(letter.body);
  const doubt = cutOff(letter.body, files);
  const baseCommit = /^base-commit: ([\da-f]{12,40})\s*$/m.exec(letter.body)?.[1];
  return {
    patch: {
      subject,
      ...(baseCommit === undefined ? {} : { baseCommit }),
      ...(letter.date === undefined ? {} : { date: letter.date }),
      ...(doubt === undefined ? {} : { doubt }),
      files,
    },
    version: Number(/\bv(\d+)\b/i.exec(tag)?.[1] ?? 1),
    number: Number(/(\d+)\/\d+/.exec(tag)?.[1] ?? 0),
  };
}

/** An archive's page shows the subject in a line of its own, above the diff. */
function titleIn(body: string): string {
  const head = body.split(/^diff --git |^--- a\//m)[0];
  return /^(\[[^\]\n]*(PATCH|RFC|\d+\/\d+)[^\]\n]*\].*)$/m.exec(head)?.[1] ?? '';
}
