import { BadInput } from '../base/errors.js';

/** Characters that are read at most; the largest patches of the kernel's lists are a tenth of it. */
export const LIMIT = 10_000_000;

export const HUNK_HEADER = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@ ?(.*)$/;

/**
 * Refuses, with the line, a text whose diff nobody could apply: line breaks lost, a binary patch, a combined diff,
 * `@@` lines that count nothing.
 */
export function checkWhole(lines: readonly string[]): void {
  lines.forEach((text, i) => {
    const complaint = complaintOf(text);
    if (complaint !== undefined) throw new BadInput(`Line ${i + 1}: ${complaint}`);
  });
}

function complaintOf(text: string): string | undefined {
  if (/(^|\s)diff --git \S+ \S+ .*@@ -\d+/.test(text) || /^--- \S+ \+\+\+ \S+ @@ -\d+/.test(text))
    return (
      'the line breaks of the diff are lost ("diff --git" and its "@@" stand in one line); take the patch from an ' +
      'archive that keeps them, as lore.kernel.org does.'
    );
  if (/^(GIT binary patch|Binary files .* differ)$/.test(text))
    return 'the patch changes a binary file; expected a text diff of C sources.';
  if (/^diff --(cc|combined) /.test(text) || /^@@@+ -/.test(text))
    return 'this is a combined diff of a merge; expected the diff of one patch.';
  if (/^@@ -/.test(text) && !HUNK_HEADER.test(text))
    return `"${short(text)}" is no hunk header; expected "@@ -START,COUNT +START,COUNT @@".`;
  return undefined;
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Refuses what is no text, or too much of it. */
export function checkText(text: string, what: string): void {
  if (text.length > LIMIT)
    throw new BadInput(`${what} has ${text.length} characters; at most ${LIMIT} are read.`);
  const nul = text.indexOf('\0');
  if (nul >= 0)
    throw new BadInput(`${what} is binary (a zero byte at ${nul}); expected a mail or a diff as text.`);
}
