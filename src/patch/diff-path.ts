import { BadInput } from '../base/errors.js';

/**
 * The path in the tree that a header names (`b/mm/rmap.c`, maybe with a time stamp behind a tab). Nothing is opened by
 * it unless a tree is given; a path that would leave the tree is refused at once.
 */
export function pathOf(written: string, line: number): string {
  const name = written.split('\t')[0].trimEnd();
  if (name === '/dev/null') return name;
  const path = unquote(name).replace(/^[ab]\//, '');
  const parts = path.split('/');
  if (
    path === '' ||
    path.startsWith('/') ||
    path.includes('\\') ||
    /^[a-z]:/i.test(path) ||
    parts.includes('..')
  )
    throw new BadInput(
      `Line ${line}: the path "${shown(path)}" leaves the tree; expected one like mm/rmap.c.`,
    );
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  if (/[\0-\x1f\x7f]/.test(path) || parts.includes('.git'))
    throw new BadInput(
      `Line ${line}: "${shown(path)}" is no path of a source file; expected one like mm/rmap.c.`,
    );
  return path;
}

function unquote(name: string): string {
  return name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1) : name;
}

function shown(path: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are not printed
  const clean = path.replace(/[\0-\x1f\x7f]/g, '?');
  return clean.length > 60 ? `${clean.slice(0, 57)}...` : clean;
}
