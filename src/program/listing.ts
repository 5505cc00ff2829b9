import type { Model } from './model.js';
import type { Expand, Operation, Step } from './step.js';
import { registerNames, StepText } from './step-text.js';
import { unionOf, type Inserted, type Union } from './union.js';
import type { Vocabulary } from './vocabulary.js';

/** Where a line stands. `mark`: `-` this kernel lacks the line, `+` the base lacks it. */
interface Where {
  readonly depth: number;
  readonly mark: ' ' | '-' | '+';
  /** Put there by an edit: it carries the number of the statement before it. */
  readonly inserted: boolean;
}

/**
 * The text form of an operation: a header, then one step a line, numbered as paths number them. It parses back to the
 * same value (program/parse-listing).
 *
 *     wp_page_copy  mm/memory.c  v4.14
 *     takes   addr, orig_pte, old_page
 *     locals  new_page, pte, entry
 *
 *         5   when pte_same(pte, orig_pte)
 *         6     ptep_clear_flush_notify(addr, pte, entry)
 *                 .clear   ptep_get_and_clear(addr, pte, &entry)
 *                 .flush   flush_tlb_range(addr, 1)
 *                 .notify  mmu_notifier_invalidate_range(addr, 1)  @after-clear
 *
 * With a `model`, its edits are laid over the text: `-` marks what this kernel lacks, `+` what it has beside the base.
 */
export function printListing(operation: Operation, words: Vocabulary, model?: Model): string {
  const body = new Body(
    operation,
    words,
    unionOf(operation, model === undefined ? [] : [model]),
    model !== undefined,
  );
  return [...header(operation), '', ...body.lines(), ''].join('\n');
}

function header(operation: Operation): string[] {
  const row = (what: string, list: readonly { readonly name: string }[]): string[] =>
    list.length === 0 ? [] : [`${what.padEnd(6)}  ${list.map((r) => r.name).join(', ')}`];
  return [
    [operation.name, operation.from, operation.version].join('  '),
    ...row('takes', operation.takes),
    ...row('gives', operation.gives),
    ...row('locals', operation.locals),
  ];
}

class Body {
  private readonly text: StepText;
  private readonly out: string[] = [];
  private number = 0;

  constructor(
    private readonly operation: Operation,
    words: Vocabulary,
    private readonly union: Union,
    private readonly edited: boolean,
  ) {
    this.text = new StepText(words, registerNames(operation));
  }

  lines(): readonly string[] {
    this.steps(this.operation.steps, { depth: 0, mark: ' ', inserted: false });
    return this.out;
  }

  private steps(list: readonly Step[], where: Where): void {
    for (const step of list) this.withEdits(step, where, () => this.step(step, this.marked(step, where)));
  }

  private withEdits(step: Step, where: Where, print: () => void): void {
    this.inserted(this.union.before(step), where);
    print();
    this.inserted(this.union.after(step), where);
  }

  private inserted(list: readonly Inserted[], where: Where): void {
    for (const x of list) this.steps([x.step], { ...where, mark: '+', inserted: true });
  }

  /** What an edit says of a step; all that stands in a step that is left out, or put in, is so too. */
  private marked(step: Step, where: Where): Where {
    if (where.mark !== ' ' || !this.edited) return where;
    const has = this.union.mask(step) !== 0;
    const base = !(step.kind === 'do' && step.muted === true);
    return has === base ? where : { ...where, mark: has ? '+' : '-' };
  }

  private step(step: Step, where: Where): void {
    const numbered = step.kind !== 'branch' && step.kind !== 'inside';
    if (numbered && !where.inserted) this.number++;
    this.line(this.spoken(step, this.text.line(step)), where, numbered);
    const inner = { ...where, depth: where.depth + 1 };
    switch (step.kind) {
      case 'branch':
      case 'inside':
        this.steps(step.steps, inner);
        return;
      case 'expand':
        this.parts(step, inner);
        return;
      case 'each':
        this.steps(step.body, inner);
        return;
      case 'when':
        this.steps(step.then, inner);
        if (step.otherwise.length > 0) this.line('else', where, false);
        this.steps(step.otherwise, inner);
        return;
      case 'do':
      case 'label':
      case 'goto':
      case 'call':
        return;
    }
  }

  private parts(step: Expand, where: Where): void {
    const width = Math.max(...step.parts.map((d) => (d.part ?? '').length));
    for (const part of step.parts) {
      const text = `.${(part.part ?? '').padEnd(width)}  ${this.text.line(part)}`;
      this.withEdits(part, where, () => this.line(this.spoken(part, text), this.marked(part, where), false));
    }
  }

  private line(text: string, where: Where, numbered: boolean): void {
    const number = numbered ? String(this.number).padStart(4) + (where.inserted ? '+' : ' ') : '     ';
    this.out.push(`${where.mark}${number}  ${'  '.repeat(where.depth)}${text}`);
  }

  /** A slot that only the base mutes is not muted here. */
  private spoken(step: Step, text: string): string {
    return this.edited && this.union.mask(step) !== 0 ? text.replace(/ \(muted\)$/, '') : text;
  }
}
