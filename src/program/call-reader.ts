import { BadInput } from '../base/errors.js';
import type { Arg, Call, Condition, Register } from './step.js';
import type { Vocabulary } from './vocabulary.js';

/** Reads `name(args)` as listings write it, with the registers of one operation in scope. */
export class CallReader {
  private readonly registers: ReadonlyMap<string, Register>;
  private rest = '';

  constructor(
    private readonly words: Vocabulary,
    registers: readonly Register[],
  ) {
    this.registers = new Map(registers.map((r) => [r.name, r]));
  }

  /** `set_pte_at(addr, pte, entry)`: the name and the arguments. */
  verb(text: string): { readonly name: string; readonly args: readonly Arg[] } {
    return this.whole(text, () => {
      const name = this.take(/^[\w.-]+(\[\w+(\.\w+)?\])?(?=\()/, 'a verb and its arguments');
      return { name, args: this.args(() => this.arg()) };
    });
  }

  /** `not pte_none(entry)`. */
  condition(text: string): Condition {
    const negated = text.startsWith('not ');
    const { name, args } = this.verb(negated ? text.slice(4) : text);
    return { primitive: this.words.primitive(name, 'test', args.length), args, negated };
  }

  /** `wp_page_copy(addr = addr, fault = &fault)`, after the word `call`. */
  call(text: string): Call {
    return this.whole(text, () => {
      const operation = this.words.operation(this.take(/^[\w.-]+(?=\()/, 'an operation and its arguments'));
      const args = this.args(() => {
        const name = this.take(/^\w+(?= = )/, 'name = argument');
        this.take(/^ = /, '=');
        return [name, this.arg()] as const;
      });
      return { kind: 'call', operation, args: Object.fromEntries(args) };
    });
  }

  private whole<T>(text: string, read: () => T): T {
    this.rest = text;
    const value = read();
    if (this.rest !== '') throw new BadInput(`"${this.rest}" is left over; expected the end of the line.`);
    return value;
  }

  private args<T>(one: () => T): readonly T[] {
    const out: T[] = [];
    this.take(/^\(/, '(');
    if (this.rest.startsWith(')')) this.rest = this.rest.slice(1);
    else
      for (let more = true; more;) {
        out.push(one());
        more = this.take(/^(, |\))/, '"," or ")"') === ', ';
      }
    return out;
  }

  private arg(): Arg {
    const written = /^&/.test(this.rest);
    if (written) this.rest = this.rest.slice(1);
    const name = this.take(/^-?[\w|-]+(\[[\w.]+\])?/, 'an argument');
    if (this.rest.startsWith('(')) {
      const args = this.args(() => this.arg());
      return { kind: 'computed', primitive: this.words.primitive(name, 'value', args.length), args };
    }
    if (this.rest.startsWith('=')) {
      const value = this.take(/^=-?\d+/, 'a number after "="');
      return { kind: 'constant', name, value: Number(value.slice(1)) };
    }
    if (/^-?\d+$/.test(name)) return { kind: 'constant', name, value: Number(name) };
    const register = this.registers.get(name);
    if (register !== undefined) return register;
    return this.constant(name);
  }

  private constant(name: string): Arg {
    const values = name.split('|').map((part) => {
      const found = this.words.constant(part);
      if (found === undefined)
        throw new BadInput(`${part} is neither a register of the operation nor a constant of src/kernel.`);
      return found.value;
    });
    return { kind: 'constant', name, value: values.reduce((sum, v) => sum | v, 0) };
  }

  private take(pattern: RegExp, expected: string): string {
    const [found] = pattern.exec(this.rest) ?? [];
    if (found === undefined) throw new BadInput(`"${this.rest}" does not begin with ${expected}.`);
    this.rest = this.rest.slice(found.length);
    return found;
  }
}
