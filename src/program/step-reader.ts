import { BadInput } from '../base/errors.js';
import { CallReader } from './call-reader.js';
import type { Line } from './listing-lines.js';
import type { Do, Part, Register, Step } from './step.js';
import type { Vocabulary } from './vocabulary.js';

/** Reads the lines of a listing back into steps. */
export class StepReader {
  private readonly calls: CallReader;

  constructor(
    private readonly words: Vocabulary,
    registers: readonly Register[],
  ) {
    this.calls = new CallReader(words, registers);
  }

  steps(lines: readonly Line[]): readonly Step[] {
    const out: Step[] = [];
    lines.forEach((line, i) => {
      const after = lines[i + 1];
      if (line.text === 'else' && lines[i - 1]?.text.startsWith('when ') === true) return; // read with it
      try {
        out.push(this.step(line, after?.text === 'else' ? after.beneath : []));
      } catch (e) {
        if (!(e instanceof BadInput) || e.message.startsWith('Line ')) throw e;
        throw new BadInput(`Line ${line.number} ("${line.text}"): ${e.message}`);
      }
    });
    return out;
  }

  private step(line: Line, otherwise: readonly Line[]): Step {
    const { text, beneath } = line;
    if (beneath.length > 0 && /^(goto|call) |:$/.test(text))
      throw new BadInput('nothing can stand beneath it.');
    const [, word, rest = ''] = /^(when|each|goto|branch|inside|call) (.+)$/.exec(text) ?? [];
    switch (word) {
      case 'when': {
        const condition = this.calls.condition(rest);
        return { kind: 'when', condition, then: this.steps(beneath), otherwise: this.steps(otherwise) };
      }
      case 'each':
        return { kind: 'each', condition: this.calls.condition(rest), body: this.steps(beneath) };
      case 'goto':
        return { kind: 'goto', label: rest };
      case 'branch':
        return { kind: 'branch', name: rest, steps: this.steps(beneath) };
      case 'inside': {
        const [, cFunction = rest, file] = /^(\S+) \((.+)\)$/.exec(rest) ?? [];
        const steps = this.steps(beneath);
        return { kind: 'inside', cFunction, ...(file === undefined ? {} : { file }), steps };
      }
      case 'call':
        return this.calls.call(rest);
    }
    if (/^[\w.-]+:$/.test(text)) return { kind: 'label', name: text.slice(0, -1) };
    if (beneath.length === 0) return this.do(text);
    return { kind: 'expand', ...this.calls.verb(text), parts: beneath.map((part) => this.part(part)) };
  }

  private part(line: Line): Part {
    const [, name, rest] = /^\.(\S+)\s+(.+)$/.exec(line.text) ?? [];
    if (name === undefined || rest === undefined)
      throw new BadInput(
        `Line ${line.number} ("${line.text}") is no part of a verb; expected ".name  step".`,
      );
    if (rest.startsWith('call ')) return { ...this.calls.call(rest.slice('call '.length)), part: name };
    const { kind, primitive, args, ...slot } = this.do(rest);
    return { kind, primitive, args, ...slot, part: name };
  }

  private do(text: string): Do {
    const [, verb = text, slot, muted] = /^(.*?) {2}@(\S+)( \(muted\))?$/.exec(text) ?? [];
    const { name, args } = this.calls.verb(verb);
    const primitive = this.words.primitive(name, 'step', args.length);
    return {
      kind: 'do',
      primitive,
      args,
      ...(slot === undefined ? {} : { slot }),
      ...(muted === undefined ? {} : { muted: true }),
    };
  }
}
