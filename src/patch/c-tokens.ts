/** A token of C. `at` is the index of its line among those that were given. */
export interface Token {
  readonly kind: 'word' | 'number' | 'text' | 'sign' | 'directive';
  readonly text: string;
  readonly at: number;
}

const TOKEN =
  /\s+|[A-Za-z_]\w*|\.?\d[\w.]*|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|->|\+\+|--|<<=|>>=|<<|>>|[-+*/%&|^=!<>]=|&&|\|\||\.\.\.|##|./gy;

/**
 * The tokens of some lines of C, which may begin and end anywhere: comments, strings' contents apart, blanks and line
 * continuations are left out. A line that begins with `* ` continues a comment whose beginning is not shown.
 */
export function tokensOf(lines: readonly string[]): readonly Token[] {
  const out: Token[] = [];
  let inComment = beginsInComment(lines);
  let directive: { text: string; at: number } | undefined;
  lines.forEach((line, at) => {
    const plain = withoutComments(line, inComment || (looksLikeComment(line) && canEnd(out.at(-1))));
    inComment = plain.open;
    const continued = plain.text.trimEnd().endsWith('\\');
    const code = plain.text.trimEnd().replace(/\\$/, '');
    if (directive !== undefined || /^\s*#\s*[a-z]/.test(code)) {
      directive = { text: `${directive?.text ?? ''} ${code}`, at: directive?.at ?? at };
      if (continued) return;
      out.push({ kind: 'directive', text: directive.text.trim().replace(/\s+/g, ' '), at: directive.at });
      directive = undefined;
      return;
    }
    for (const [text] of code.matchAll(TOKEN))
      if (text.trim() !== '') out.push({ kind: kindOf(text), text, at });
  });
  return out;
}

function kindOf(text: string): Token['kind'] {
  if (/^[A-Za-z_]/.test(text)) return 'word';
  if (/^\.?\d/.test(text)) return 'number';
  return /^["']/.test(text) ? 'text' : 'sign';
}

/** The first end of a comment comes before its beginning. */
function beginsInComment(lines: readonly string[]): boolean {
  for (const line of lines) {
    const [begin, end] = [line.indexOf('/*'), line.indexOf('*/')];
    if (end >= 0 && (begin < 0 || end < begin)) return true;
    if (begin >= 0) return false;
  }
  return false;
}

/** A statement, or nothing, ends with this token: what follows is no operand. */
function canEnd(last: Token | undefined): boolean {
  return last === undefined || last.kind === 'directive' || [';', '{', '}', ':', ','].includes(last.text);
}

function looksLikeComment(line: string): boolean {
  return /^\s*\*(\s|$)/.test(line);
}

const PIECE = /\/\*|\*\/|\/\/|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[^/*"']+|./gy;

/** The line with its comments as blanks; `open`: one goes on in the next line. */
function withoutComments(line: string, inside: boolean): { readonly text: string; readonly open: boolean } {
  let text = '';
  let open = inside;
  // inside a comment quotes mean nothing: skip to its end before pieces are read
  let from = 0;
  while (from < line.length) {
    if (open) {
      const end = line.indexOf('*/', from);
      if (end < 0) return { text, open: true };
      open = false;
      from = end + 2;
      continue;
    }
    PIECE.lastIndex = from;
    const piece = PIECE.exec(line)?.[0] ?? line[from];
    from += piece.length;
    if (piece === '//') return { text, open: false };
    open = piece === '/*';
    text += open ? ' ' : piece;
  }
  return { text, open };
}
