import { kernelWords } from '../kernel/verbs.js';
import { number } from '../program/build.js';
import type { Arg, Constant, Operation, Register } from '../program/step.js';
import { BadInput } from '../base/errors.js';
import type { Anchor } from './anchors.js';
import type { CCall } from './c-units.js';
import { respellingOf } from './spelling.js';

/** What the C's expressions mean in an operation, learned from calls that stand where its steps do. */
export class Arguments {
  private readonly known = new Map<string, Arg>();
  /** Ends of ranges: `end` of (mm, start, end), as the pages from `start` on. */
  private readonly ends = new Map<string, { readonly start: string; readonly count: Arg }>();
  private readonly declared = new Map<string, string>();
  private readonly registers: ReadonlyMap<string, Register>;

  constructor(operation: Operation) {
    const all = [...operation.takes, ...operation.gives, ...operation.locals];
    this.registers = new Map(all.map((r) => [r.name, r]));
  }

  /** The call is written where the step stands. */
  learn(call: CCall, anchor: Anchor): void {
    const args = anchor.args;
    if (isRange(anchor)) {
      const [start, end] = rangeOf(call) ?? [];
      if (start === undefined) return;
      this.known.set(start, args[0]);
      if (end !== undefined) this.ends.set(`${start} .. ${end}`, { start, count: args[1] });
      return;
    }
    const texts = ownArgs(call, args.length);
    if (anchor.step.kind === 'call' && texts.length !== args.length) return; // which is which, nothing says
    texts.forEach((text, i) => {
      const arg = args[i];
      if (arg !== undefined && !this.known.has(text) && mayBe(text, arg)) this.known.set(text, arg);
    });
  }

  /** `name` is declared as that, and may be written for it. */
  declare(name: string, value: string): void {
    if (!this.declared.has(name)) this.declared.set(name, value);
  }

  /** The value of an expression, undefined when nothing says what it is. */
  valueOf(text: string): Arg | undefined {
    const known = this.known.get(text) ?? this.registers.get(text);
    if (known !== undefined) return known;
    const call = /^(\w+) \( (?:(.*) )?\)$/.exec(text);
    if (call !== null) return sizeOf(text) ?? this.computed(call[1], call[2] ?? '');
    return truthOf(text) ?? sizeOf(text) ?? kernelWords.constant(text);
  }

  /** Start and pages of a range that the call names by its last two arguments. */
  rangeOf(call: CCall): readonly [Arg, Arg] | undefined {
    const [start, to] = rangeOf(call) ?? [];
    if (start === undefined) return undefined;
    const first = this.valueOf(start) ?? this.valueOf(this.declared.get(start) ?? '');
    if (first === undefined) return undefined;
    if (to === undefined) return [first, number(1)];
    const end = this.ends.has(`${start} .. ${to}`) ? to : (this.declared.get(to) ?? to);
    const known = this.ends.get(`${start} .. ${end}`);
    if (known !== undefined) return [first, known.count];
    const pages = end.startsWith(`${start} + `) ? end.slice(start.length + 3) : undefined;
    const size = pages === undefined ? undefined : (sizeOf(pages) ?? this.valueOf(pages));
    return size === undefined ? undefined : [first, size];
  }

  private computed(name: string, inner: string): Arg | undefined {
    const args = splitArgs(inner).map((text) => this.valueOf(text));
    if (args.some((a) => a === undefined)) return undefined;
    try {
      const primitive = kernelWords.primitive(name, 'value', args.length);
      return { kind: 'computed', primitive, args: args as Arg[] };
    } catch (error) {
      if (error instanceof BadInput) return undefined;
      throw error;
    }
  }
}

/** What a name of the C says that it is; a page-table entry is no address, and no page a lock. */
const KINDS = [
  /(^|_)(pte|pmd|pud|ptep|pmdp|pudp)$/,
  /ptl$|lock$/,
  /page$|folio$/,
  /addr(ess)?$|start$/,
] as const;

function kindIn(text: string): number {
  const word = /\w+$/.exec(text)?.[0] ?? '';
  return KINDS.findIndex((k) => k.test(word));
}

function mayBe(text: string, arg: Arg): boolean {
  const [a, b] = [kindIn(text), arg.kind === 'register' ? kindIn(arg.name) : -1];
  return a < 0 || b < 0 || a === b;
}

/** True of verbs that take a first page and a number of pages. */
export function isRange(anchor: {
  readonly args: readonly Arg[];
  readonly verbs: readonly string[];
}): boolean {
  return anchor.args.length === 2 && anchor.verbs.some((v) => /_range|flush_tlb|secondary_tlbs/.test(v));
}

/** `start, end` of a call; `flush_tlb_page(vma, addr)` has no end. Undefined for `&range`. */
function rangeOf(call: CCall): readonly [string, string?] | undefined {
  const { args, name } = call;
  if (name === 'flush_tlb_page') return args.length === 2 ? [args[1]] : undefined;
  if (args.length < 3) return undefined;
  return [args[args.length - 2], args[args.length - 1]];
}

function truthOf(text: string): Constant | undefined {
  const value = ['true', 'false'].indexOf(text);
  return value < 0 ? undefined : number(1 - value);
}

/** Sizes as the C writes them, in base pages. */
function sizeOf(text: string): Constant | undefined {
  if (text === 'PAGE_SIZE') return number(1);
  if (text === 'HPAGE_PMD_SIZE' || text === 'PMD_SIZE') return kernelWords.constant('huge_page_size');
  if (text === 'PUD_SIZE') return kernelWords.constant('PUD_SIZE');
  if (/^huge_page_size \( \w+ \)$/.test(text)) return kernelWords.constant('huge_page_size');
  const pages = /^(\d+) \* PAGE_SIZE$/.exec(text);
  return pages === null ? undefined : number(Number(pages[1]));
}

/** The arguments without the mm or vma, which the steps know from the address. */
export function ownArgs(call: CCall, count: number): readonly string[] {
  const takes = respellingOf(call.name)?.takes;
  if (takes !== undefined) return takes.flatMap((i) => call.args[i] ?? []);
  const [first = '', ...rest] = call.args;
  const isSpace = /^(& )?(\w+ -> )?(mm|vma|vm_mm|tlb|src_mm|dst_mm|src|dst|\w+_vma|\w+_mm)$/.test(first);
  return isSpace && call.args.length >= count ? rest : call.args;
}

/** The same arguments, whether the mm is written `mm` or `vma->vm_mm`, and whether a gather is handed on. */
export function sameTexts(a: CCall, b: CCall): boolean {
  const plain = ({ args }: CCall): string =>
    args
      .filter((text) => !/^(& )?tlb$/.test(text))
      .map((text) => text.replace(/^(\w+_)?vma -> vm_mm$/, (_, which: string = '') => `${which}mm`))
      .join();
  return plain(a) === plain(b);
}

function splitArgs(text: string): readonly string[] {
  if (text === '') return [];
  const out: string[] = [''];
  let depth = 0;
  for (const word of text.split(' ')) {
    if ('([{'.includes(word)) depth++;
    if (')]}'.includes(word)) depth--;
    if (word === ',' && depth === 0) out.push('');
    else out[out.length - 1] = `${out[out.length - 1]} ${word}`.trim();
  }
  return out;
}

/** Equal values: same names, same numbers. */
export function sameArg(a: Arg, b: Arg): boolean {
  if (a.kind === 'register') return b.kind === 'register' && a.name === b.name;
  if (a.kind === 'constant') return b.kind === 'constant' && a.value === b.value;
  return (
    b.kind === 'computed' &&
    a.primitive === b.primitive &&
    a.args.length === b.args.length &&
    a.args.every((x, i) => sameArg(x, b.args[i]))
  );
}
