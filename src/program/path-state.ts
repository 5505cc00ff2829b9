import { INDEX, type Instruction } from './instruction.js';
import type { Live } from './liveness.js';
import type { Primitive } from './primitive.js';
import { operandsOf, readsOf, symbolOf, writesOf, type Symbol_ } from './symbol.js';

/** What of an operation's instructions is looked at. */
export interface Watched {
  /** Registers that are known only when they hold a number: tests ask for them. */
  readonly numbers: ReadonlySet<number>;
  /** Registers of which it is known which value they hold: they say what is taken. */
  readonly identities: ReadonlySet<number>;
  /** Tests that depend on registers alone. */
  readonly pure: ReadonlySet<Instruction>;
  /** Those of them whose outcome is kept, and what they ask. */
  readonly repeated: ReadonlyMap<Instruction, string>;
  /** Where each of these questions is still asked, from here or on some way from here. */
  readonly asked: ReadonlyMap<string, ReadonlySet<number>>;
  readonly copies: ReadonlySet<Instruction>;
  /** Registers that are still read, by instruction. */
  readonly live: Live;
  /** Zeroes registers when a call returns. */
  readonly forget: Primitive;
}

/** Something that a step has taken: a lock, a bracket, a reference. */
export interface Token {
  readonly resource: string;
  readonly symbol: Symbol_;
  /** The instruction that took it. */
  readonly at: number;
}

/** What a register holds that nobody needs to know. */
const UNKNOWN = '?';

/** How a test of registers ended. */
interface Fact {
  readonly holds: boolean;
  /** What the test asks, as {@link Watched.repeated} has it. */
  readonly asks: string;
  /** The symbols that it was about. */
  readonly about: readonly Symbol_[];
}

/** Locks under which nothing may sleep. */
const SPINLOCKS: ReadonlySet<string> = new Set(['ptl', 'pmd_lock', 'page_table_lock']);
/** Counted for as long as it exists, not for as long as one operation runs. */
const IGNORED: ReadonlySet<string> = new Set(['rmap']);
/** May be taken again while it is held. */
const NESTS: ReadonlySet<string> = new Set(['range', 'gather']);
const REFERENCE = 'page_ref';

/** One way to one instruction, and what is known there. */
export class Path {
  private constructor(
    private readonly watched: Watched,
    private place: number,
    readonly registers: Map<number, Symbol_>,
    private held: readonly Token[],
    private facts: ReadonlyMap<string, Fact>,
  ) {}

  static start(watched: Watched, at: number, registers: Map<number, Symbol_>): Path {
    return new Path(watched, at, registers, [], new Map());
  }

  /** The instruction that the path stands before. */
  get at(): number {
    return this.place;
  }

  clone(): Path {
    return new Path(this.watched, this.at, new Map(this.registers), this.held, this.facts);
  }

  /** Goes on to the instruction `to`; what no step reads from there on is forgotten. */
  goTo(to: number): void {
    this.place = to;
    const live = this.watched.live.get(to);
    for (const r of this.registers.keys()) if (live?.has(r) !== true) this.registers.delete(r);
    if (this.facts.size === 0) return;
    const symbols = [...this.registers.values()];
    const { asked } = this.watched;
    this.facts = new Map(
      [...this.facts].filter(
        ([, fact]) => asked.get(fact.asks)?.has(to) === true && fact.about.every((s) => symbols.includes(s)),
      ),
    );
  }

  /** Equal for paths that go on in the same way. */
  key(): string {
    const registers = [...this.registers].sort(([a], [b]) => a - b).join(' ');
    const held = this.held.map((x) => `${x.resource}:${x.symbol}`).join(' ');
    const facts = [...this.facts].map(([key, fact]) => `${key}=${fact.holds}`).sort();
    return `${this.at}|${registers}|${held}|${facts.join(' ')}`;
  }

  /** The kinds of what is held. */
  heldKinds(): string {
    return this.held.map((x) => x.resource).join(' ');
  }

  /** What is still to be released, references apart. */
  heldAtReturn(): readonly Token[] {
    return this.held.filter((x) => x.resource !== REFERENCE);
  }

  /** References that no step has spoken of since they were taken. */
  unspoken(): readonly Token[] {
    return this.held.filter((x) => x.resource === REFERENCE);
  }

  /** A spinlock that is held. */
  spinlock(): string | undefined {
    return this.held.find((x) => SPINLOCKS.has(x.resource))?.resource;
  }

  fact(i: Instruction): boolean | undefined {
    return this.watched.repeated.has(i) ? this.facts.get(this.factKey(i))?.holds : undefined;
  }

  learn(i: Instruction, holds: boolean): void {
    const asks = this.watched.repeated.get(i);
    if (asks === undefined) return;
    const about = this.symbols(i).filter((s) => !s.startsWith('#'));
    if (about.some((s) => s.includes('('))) return; // a value of the words may change without the register
    this.facts = new Map([...this.facts, [this.factKey(i), { holds, asks, about }]]);
  }

  private factKey(i: Instruction): string {
    return `${i.primitive!.name}(${this.symbols(i).join(',')})`;
  }

  private symbols(i: Instruction): readonly Symbol_[] {
    return operandsOf(i).map((o) => symbolOf(o, this.registers));
  }

  /** A step that names a page may do anything with the reference. */
  speak(i: Instruction): void {
    if (!this.held.some((x) => x.resource === REFERENCE)) return;
    const spoken = readsOf(i).map((r) => this.registers.get(r));
    this.held = this.held.filter(
      (x) => x.resource !== REFERENCE || !spoken.some((s) => s?.includes(x.symbol)),
    );
  }

  /** Gives the registers that the instruction writes their new symbols. */
  write(i: Instruction, tell: (text: string) => void): void {
    if (i.primitive === this.watched.forget) {
      for (let r = i.a; r < i.a + i.b; r++) this.registers.delete(r);
      return;
    }
    const written = writesOf(i);
    if (written.length === 0) return;
    const fresh = this.freshSymbol(i);
    if (fresh.startsWith('d')) this.retire(fresh, tell);
    for (const r of written) this.registers.set(r, this.kept(r, fresh));
  }

  /** As much of a symbol as the register is watched for. */
  private kept(register: number, symbol: Symbol_): Symbol_ {
    const { identities, numbers } = this.watched;
    return identities.has(register) || (numbers.has(register) && symbol.startsWith('#')) ? symbol : UNKNOWN;
  }

  private freshSymbol(i: Instruction): Symbol_ {
    const own = `d${this.at}.`;
    const symbols = operandsOf(i).flatMap((o) => (o.mode === INDEX ? [] : [symbolOf(o, this.registers)]));
    if (this.watched.copies.has(i)) return symbols[0] ?? own;
    if (i.primitive?.shape !== 'value') return own;
    // one level deep, so that a loop does not build ever longer ones
    return symbols.some((s) => s.includes('(')) ? own : `${i.primitive.name}(${symbols.join(',')})`;
  }

  /** In a loop the instruction writes another value than the last time: what is known of that one is void. */
  private retire(symbol: Symbol_, tell: (text: string) => void): void {
    this.facts = new Map([...this.facts].filter(([key]) => !key.includes(symbol)));
    this.held = this.held.flatMap((x) => {
      if (!x.symbol.includes(symbol)) return [x];
      if (x.resource === REFERENCE) {
        tell('the register of a page reference is written again before the reference was spoken of');
        return [];
      }
      return [{ ...x, symbol: 'old' }];
    });
  }

  /** Takes or releases what the primitive says. */
  apply(i: Instruction, tell: (text: string) => void): void {
    const effect = i.primitive?.effect;
    if (effect === undefined || IGNORED.has(effect.resource)) return;
    const { resource } = effect;
    const symbol = effect.of === undefined ? '' : this.symbols(i)[effect.of];
    if (effect.does === 'take') this.take({ resource, symbol, at: this.at }, tell);
    else if (resource !== REFERENCE) this.release(resource, symbol, tell);
  }

  private take(token: Token, tell: (text: string) => void): void {
    const same = this.held.filter((x) => x.resource === token.resource && x.symbol === token.symbol);
    const again = this.held.some((x) => x.at === token.at && x.resource === token.resource);
    if (token.resource === REFERENCE) {
      if (same.length === 0) this.held = [...this.held, token];
      return;
    }
    if ((same.length > 0 && !NESTS.has(token.resource)) || again) {
      tell(`${token.resource} is taken again before it is released`);
      return;
    }
    this.held = [...this.held, token];
  }

  /** The one of that name, or else the last one of its kind: the text may name it by another value. */
  private release(resource: string, symbol: Symbol_, tell: (text: string) => void): void {
    let found = this.held.findLastIndex((x) => x.resource === resource && x.symbol === symbol);
    if (found < 0) found = this.held.findLastIndex((x) => x.resource === resource);
    if (found < 0) tell(`${resource} is released, and on some path it is not held`);
    else this.held = this.held.filter((_, n) => n !== found);
  }
}
