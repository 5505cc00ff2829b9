import { flagVerb, respellingOf } from './spelling.js';

/**
 * What a piece of C says, in words that do not depend on how it is written: two pieces that differ in nothing else do the
 * same. Names that releases write in another way are one (`put_page`, `folio_put`), a page and its folio are one, hints of
 * probability are left out, and so is what a helper merely passes on.
 */
export function plainText(text: string): string {
  return rewritten(text.split(' '), false).join(' ');
}

/** The same, where calls that releases write with other arguments name only those that the step has. */
export function plainOwnText(text: string): string {
  return rewritten(text.split(' '), true).join(' ');
}

type Words = readonly string[];

/** Calls in arguments of calls that are looked into, and words of one statement; nobody writes more. */
const DEEPEST = 20;
const LONGEST = 2000;

function rewritten(words: Words, own: boolean, depth = 0): Words {
  if (depth > DEEPEST || words.length > LONGEST) return words;
  const out: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (/^[A-Za-z_]/.test(word) && words[i + 1] === '(') {
      const end = closing(words, i + 1);
      const args = split(words.slice(i + 2, end)).map((arg) => rewritten(arg, own, depth + 1));
      out.push(...called(word, args, own));
      i = end;
    } else if (word === '&' && isFolio(words[i + 1]) && words[i + 2] === '->' && words[i + 3] === 'page') {
      out.push(asPage(words[i + 1])); // &folio->page
      i += 3;
    } else out.push(asPage(word));
  }
  return out;
}

const isFolio = (word: string | undefined): boolean => word !== undefined && /folio$/.test(word);
const asPage = (word: string): string => word.replace(/folio/g, 'page');

/** Reads of an entry: what it returns is what a plain read would. */
const READS = /^(READ_ONCE|ptep_get|pmdp_get|pudp_get|huge_ptep_get)$/;
/** Only this argument says something that the step depends on. */
const FIRST = /^(pte_mkwrite|pmd_mkwrite)$/;

function called(name: string, args: readonly Words[], own: boolean): Words {
  const [first = []] = args;
  if (/^(un)?likely$/.test(name) || name === 'page_folio') return first;
  if (READS.test(name) && first.length > 0) return first[0] === '*' ? first : ['*', ...first];
  if (FIRST.test(name)) return call(name, [first]);
  if (name === 'mmu_notifier_range_init') return call(name, rangeAndEvent(args));
  const respelt = respellingOf(name);
  const verb = respelt?.verb ?? flagVerb(name) ?? name;
  const taken = own ? respelt?.takes : undefined;
  return call(verb, taken === undefined ? args : taken.map((i) => args[i] ?? []));
}

/** The vma and the flags came and went; why a range is told of and which it is stayed. */
function rangeAndEvent(args: readonly Words[]): readonly Words[] {
  const event = args.filter((a) => a[0]?.startsWith('MMU_NOTIFY_'));
  return [args[0] ?? [], ...event, ...args.slice(-2)];
}

function call(name: string, args: readonly Words[]): Words {
  return [name, '(', ...args.flatMap((a, i) => (i === 0 ? a : [',', ...a])), ')'];
}

function closing(words: Words, from: number): number {
  let depth = 0;
  for (let i = from; i < words.length; i++) {
    if (words[i] === '(') depth++;
    else if (words[i] === ')' && --depth === 0) return i;
  }
  return words.length;
}

function split(words: Words): readonly Words[] {
  if (words.length === 0) return [];
  const out: string[][] = [[]];
  let depth = 0;
  for (const word of words) {
    if ('([{'.includes(word)) depth++;
    if (')]}'.includes(word)) depth--;
    if (word === ',' && depth === 0) out.push([]);
    else out[out.length - 1].push(word);
  }
  return out;
}
