import { BadInput } from '../base/errors.js';
import { checkWhole, HUNK_HEADER } from './diff-damage.js';
import { pathOf } from './diff-path.js';

/** A hunk as it stands in the text: its lines with the prefix that they ought to have, and their numbers. */
export interface RawHunk {
  readonly header: string;
  readonly line: number;
  readonly body: readonly { readonly text: string; readonly line: number }[];
}

export interface Section {
  readonly path: string;
  readonly hunks: readonly RawHunk[];
}

const GIT = /^diff --git ("?a\/.+"?) ("?b\/.+"?)$/;
const NOTHING_BUT_NAMES = /^(old mode|new mode|rename from|rename to|similarity index|copy from|copy to) /;

/**
 * The diffs that stand in a text, one section a file; prose, quotes and mail headers around them are skipped.
 * Archives that take away the first blank of context lines are understood: whatever has no prefix is context then.
 * Throws {@link BadInput} for what cannot be trusted: see diff-damage.
 */
export function sectionsIn(text: string): readonly Section[] {
  const lines = text.replace(/\n$/, '').split('\n');
  checkWhole(lines);
  return new Reader(lines).sections();
}

class Reader {
  private at = 0;

  constructor(private readonly lines: readonly string[]) {}

  sections(): readonly Section[] {
    const out: Section[] = [];
    for (; this.at < this.lines.length; this.at++) {
      const section = this.section();
      if (section !== undefined) {
        out.push(section);
        this.at--; // the loop goes on with the line that ended it
      }
    }
    return out;
  }

  /** The section that begins here, if one does; leaves `at` behind it. */
  private section(): Section | undefined {
    const git = GIT.exec(this.lines[this.at]);
    const begin = this.at;
    if (git === null && !this.namesFile(this.at)) return undefined;
    if (git !== null) this.at++;
    const names = this.skipHeader();
    if (!this.namesFile(this.at)) {
      if (git === null) return undefined;
      if (names === 'cut')
        throw new BadInput(
          `Line ${begin + 1}: the diff of ${pathOf(git[2], begin + 1)} ends after its "index" line; it is truncated.`,
        );
      if (names === 'none')
        throw new BadInput(
          `Line ${begin + 1}: nothing of a diff follows this line; expected "--- a/FILE", "rename from FILE" or the like.`,
        );
      return { path: pathOf(git[2], begin + 1), hunks: [] };
    }
    const [from, to] = [this.lines[this.at].slice(4), this.lines[this.at + 1].slice(4)];
    const path = pathOf(to.startsWith('/dev/null') ? from : to, this.at + 1);
    pathOf(from, this.at + 1);
    this.at += 2;
    return { path, hunks: this.hunks(path) };
  }

  /** `--- a/x` and `+++ b/x` stand here. */
  private namesFile(at: number): boolean {
    return /^--- \S/.test(this.lines[at] ?? '') && /^\+\+\+ \S/.test(this.lines[at + 1] ?? '');
  }

  /** What stands before the names: an `index` line tells of contents, which an empty file alone does not have. */
  private skipHeader(): 'none' | 'cut' | 'names' {
    const begin = this.at;
    const more = /^(index [\da-f]+\.\.|new file mode |deleted file mode )/;
    while (more.test(this.lines[this.at] ?? '') || NOTHING_BUT_NAMES.test(this.lines[this.at] ?? ''))
      this.at++;
    const header = this.lines.slice(begin, this.at);
    if (header.length === 0) return 'none';
    const index = header.some((l) => l.startsWith('index '));
    return index && !header.some((l) => /^(new|deleted) file mode /.test(l)) ? 'cut' : 'names';
  }

  private hunks(path: string): readonly RawHunk[] {
    const out: RawHunk[] = [];
    for (let header = this.header(); header !== null; header = this.header()) {
      const line = ++this.at;
      out.push({ header: this.lines[line - 1], line, body: this.body(path, header, line) });
    }
    if (out.length === 0)
      throw new BadInput(
        `Line ${this.at + 1}: the diff of ${path} has no hunk; expected a line that begins with "@@".`,
      );
    return out;
  }

  private header(): RegExpExecArray | null {
    return HUNK_HEADER.exec(this.lines[this.at] ?? '');
  }

  /** As many lines as the header says; a line more or less is an error. */
  private body(path: string, header: RegExpExecArray, line: number): RawHunk['body'] {
    const left = { old: Number(header[2] ?? 1), new: Number(header[4] ?? 1) };
    const body: { text: string; line: number }[] = [];
    while (left.old > 0 || left.new > 0) {
      const text = this.lines[this.at];
      if (text === undefined || this.ends(text))
        throw new BadInput(
          `Line ${line}: the hunk of ${path} ends ${left.old} old and ${left.new} new lines too early; it is truncated ` +
            'or its counts are wrong.',
        );
      this.at++;
      if (/^\\ /.test(text)) continue; // no newline at end of file
      const fixed = /^[ +-]/.test(text) ? text : ` ${text}`;
      if (!fixed.startsWith('+')) left.old--;
      if (!fixed.startsWith('-')) left.new--;
      if (left.old < 0 || left.new < 0)
        throw new BadInput(
          `Line ${this.at}: the hunk at line ${line} of ${path} does not have the lines that its "@@" line counts.`,
        );
      body.push({ text: fixed, line: this.at });
    }
    this.checkEnd(path, line);
    return body;
  }

  private ends(text: string): boolean {
    return text.startsWith('diff --git ') || HUNK_HEADER.test(text);
  }

  /**
   * Between the last line and the next header, or the first empty line, stands no further change: else the counts lie, and
   * what they leave out would be judged by nobody.
   */
  private checkEnd(path: string, line: number): void {
    while (/^\\ /.test(this.lines[this.at] ?? '')) this.at++;
    for (let at = this.at; ; at++) {
      const next = this.lines[at] ?? '';
      if (next === '' || /^-{2,}\s*$/.test(next) || this.ends(next) || this.namesFile(at)) return;
      if (/^[+-]/.test(next))
        throw new BadInput(
          `Line ${at + 1}: the hunk at line ${line} of ${path} goes on after the lines that its "@@" line counts.`,
        );
    }
  }
}
