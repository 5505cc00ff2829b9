import type { PatchedFile } from './series.js';

/**
 * What is doubtful about a text that ends, without a line break, in the last line that a hunk counts: a mailer or an
 * editor may have lost the break alone, or the line was cut. A diff of a file that has none there says so in a line of its own.
 */
export function cutOff(text: string, files: readonly PatchedFile[]): string | undefined {
  const last = files.at(-1)?.hunks.at(-1)?.lines.at(-1);
  if (last === undefined || text.endsWith('\n') || last.line !== text.split('\n').length) return undefined;
  return (
    `the text ends in line ${last.line}, the last of a hunk, without a line break: if it was cut there, ` +
    `"${ending(last.text)}" is not all of the line`
  );
}

function ending(text: string): string {
  const plain = text.trim();
  return plain.length > 40 ? `...${plain.slice(-37)}` : plain;
}
