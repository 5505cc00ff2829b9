import parseDiff from 'parse-diff';
import { assert } from '../base/assert.js';
import { BadInput } from '../base/errors.js';
import { sectionsIn, type RawHunk, type Section } from './diff-section.js';
import type { Hunk, HunkLine, PatchedFile } from './series.js';

/** The files that the diff in a text changes; none if it holds no diff. Throws {@link BadInput}, see diff-section. */
export function readDiff(text: string): readonly PatchedFile[] {
  return sectionsIn(text.replace(/\r+$/gm, '')).map(fileOf);
}

/** Hands the section, with its damage repaired, to the parser, and gives each line its number in the text. */
function fileOf(section: Section): PatchedFile {
  const [parsed] = parseDiff(repaired(section));
  const chunks = parsed?.chunks ?? [];
  if (chunks.length !== section.hunks.length)
    throw new BadInput(
      `The diff of ${section.path} has ${section.hunks.length} hunks, of which ${chunks.length} can be read.`,
    );
  return { path: section.path, hunks: chunks.map((chunk, i) => hunkOf(chunk, section.hunks[i])) };
}

function repaired(section: Section): string {
  const names = [
    `diff --git a/${section.path} b/${section.path}`,
    `--- a/${section.path}`,
    `+++ b/${section.path}`,
  ];
  return [...names, ...section.hunks.flatMap((h) => [h.header, ...h.body.map((l) => l.text)])].join('\n');
}

function hunkOf(chunk: parseDiff.Chunk, raw: RawHunk): Hunk {
  assert(chunk.changes.length === raw.body.length, `a hunk of ${raw.body.length} lines was read as another`);
  const name = raw.header.replace(/^@@ [^@]*@@/, '').trim();
  return {
    line: raw.line,
    oldStart: chunk.oldStart,
    newStart: chunk.newStart,
    ...(name === '' ? {} : { function: name }),
    lines: chunk.changes.map((change, i) => lineOf(change, raw.body[i].line)),
  };
}

function lineOf(change: parseDiff.Change, line: number): HunkLine {
  const text = change.content.slice(1);
  switch (change.type) {
    case 'normal':
      return { kind: 'context', text, line, newLine: change.ln2 };
    case 'add':
      return { kind: 'added', text, line, newLine: change.ln };
    case 'del':
      return { kind: 'removed', text, line };
  }
}
