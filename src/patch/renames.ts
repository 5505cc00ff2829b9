import { tokensOf, type Token } from './c-tokens.js';
import type { Hunk, HunkLine, PatchedFile } from './series.js';
import type { Renames } from './sides.js';

/**
 * Names that the files change everywhere, new to old. Both a declaration of the name must change and every use that the
 * patch shows; and no two verbs of the model can be one (`known`): that would be a change of behaviour.
 */
export function renamesIn(files: readonly PatchedFile[], known: ReadonlySet<string>): Renames {
  const pairs = new Map<string, Set<string>>();
  const declared = new Set<string>();
  const hunks = files.flatMap((f) => f.hunks);
  for (const hunk of hunks)
    for (const [before, after] of blocksOf(hunk)) {
      collect(tokens(before), tokens(after), pairs, declared);
      if (before.length !== after.length) collectLines(before, after, pairs, declared);
    }
  const old = wordsOf(hunks, 'added');
  const now = wordsOf(hunks, 'removed');
  const out = new Map<string, string>();
  for (const [from, targets] of pairs) {
    const [to] = targets;
    if (targets.size !== 1 || !declared.has(from) || out.has(to)) continue;
    if (now.has(from) || old.has(to) || (known.has(from) && known.has(to))) continue;
    out.set(to, from);
  }
  return out;
}

const tokens = (lines: readonly HunkLine[]): readonly Token[] => tokensOf(lines.map((l) => l.text));

/** Each stretch of changed lines: what goes, and what comes for it. */
function blocksOf(hunk: Hunk): readonly (readonly [readonly HunkLine[], readonly HunkLine[]])[] {
  const out: [HunkLine[], HunkLine[]][] = [];
  let before: HunkLine['kind'] = 'context';
  for (const line of hunk.lines) {
    if (line.kind !== 'context') {
      if (before === 'context' || (before === 'added' && line.kind === 'removed')) out.push([[], []]);
      out[out.length - 1][line.kind === 'removed' ? 0 : 1].push(line);
    }
    before = line.kind;
  }
  return out;
}

/** A line that declares the same by another name, among lines that come or go. */
function collectLines(
  before: readonly HunkLine[],
  after: readonly HunkLine[],
  pairs: Map<string, Set<string>>,
  declared: Set<string>,
): void {
  for (const old of before.map((line) => tokens([line])))
    for (const now of after.map((line) => tokens([line]))) {
      const differ = old.flatMap((t, i) => (t.text === now[i]?.text ? [] : [i]));
      if (old.length === now.length && differ.length === 1 && declares(old, differ[0]))
        collect(old, now, pairs, declared);
    }
}

/** Two stretches with the same tokens but for names tell what was renamed to what. */
function collect(
  before: readonly Token[],
  after: readonly Token[],
  pairs: Map<string, Set<string>>,
  declared: Set<string>,
): void {
  if (before.length !== after.length) return;
  const alike = before.every(
    (t, i) => t.kind === after[i].kind && (t.kind === 'word' || t.text === after[i].text),
  );
  if (!alike) return;
  before.forEach((t, i) => {
    if (t.text === after[i].text) return;
    pairs.set(t.text, (pairs.get(t.text) ?? new Set()).add(after[i].text));
    if (declares(before, i)) declared.add(t.text);
  });
}

const NO_TYPE = new Set(['return', 'goto', 'else', 'case', 'sizeof', 'do']);

/** A type stands before the name: `unsigned long start`, `struct page *page`, `void (*invalidate_range)(`. */
function declares(list: readonly Token[], i: number): boolean {
  const [before, second, third] = [list[i - 1], list[i - 2], list[i - 3]];
  if (before?.kind === 'word') return !NO_TYPE.has(before.text);
  if (before?.text !== '*') return false;
  if (second?.text === '(') return list[i + 1]?.text === ')' && list[i + 2]?.text === '(';
  return (
    second?.kind === 'word' && (third?.text === 'struct' || /_t$|^(void|char|int|long)$/.test(second.text))
  );
}

function wordsOf(hunks: readonly Hunk[], without: HunkLine['kind']): ReadonlySet<string> {
  return new Set(
    hunks.flatMap((h) =>
      tokens(h.lines.filter((l) => l.kind !== without))
        .filter((t) => t.kind === 'word')
        .map((t) => t.text),
    ),
  );
}
