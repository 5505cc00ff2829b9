import type { Prng } from '../base/prng.js';
import type { Callable } from '../program/callable.js';
import type { VmaKind } from './case.js';
import type { Odds } from './odds.js';
import { VMA_KINDS } from './world-rules.js';

/**
 * Swarm testing (Groce, Zhang, Eide, Chen, Regehr, ISSTA 2012): each case uses a few operations only, with weights of
 * its own, so that what one of them would hide or hinder is met in the cases that lack it.
 */

/** A callable with what the generator asks of it all the time. */
export interface Drawable {
  readonly callable: Callable;
  readonly weight: number;
  /** Bit i: worth calling on VMA_KINDS[i]. */
  readonly kinds: number;
  /** Where its addresses may be: nowhere, in the caller's mm, in any mm. */
  readonly reach: 'nowhere' | 'own' | 'any';
  readonly otherMm: boolean;
  readonly file: boolean;
  /** It works on a device. */
  readonly device: boolean;
  /** It takes two pages, of any mm. */
  readonly compares: boolean;
}

/** Things to draw from, the i-th with the i-th weight. */
export interface Pool {
  readonly items: readonly Drawable[];
  readonly weights: readonly number[];
}

/** What can be drawn, by who calls it. Accesses read or write a word of memory: they take a `word`. */
export interface Drawables {
  readonly kernel: Pool;
  readonly accesses: Pool;
  readonly device: Pool;
  /** What cases may be about, and the operations that it may meet there, as often as by default. */
  readonly about: Pool;
  readonly partners: Pool;
}

/** An operation that a case is about, and those that meet it: see generate-meeting. */
export interface Meeting {
  readonly about: Drawable;
  readonly partners: readonly Drawable[];
}

/** The operations of one case. */
export interface Mix {
  /** The kind of vma that the case is about. */
  readonly kind: VmaKind;
  readonly kernel: Pool;
  /** Some operation works on another mm than its own. */
  readonly otherMm: boolean;
  /** Some operation works on a page of a file. */
  readonly file: boolean;
  /** Some operation compares two pages. */
  readonly compares: boolean;
  /** Accesses alone: nothing hinders faults from meeting. */
  readonly plain: boolean;
  readonly meeting?: Meeting;
}

const NOTHING: Pool = { items: [], weights: [] };

export const kindBit = (kind: VmaKind): number => 1 << VMA_KINDS.indexOf(kind);
const NO_VMA = kindBit('none');
const REDRAWS = 4;
const ALL = (1 << VMA_KINDS.length) - 1;

export function isAccess(callable: Callable): boolean {
  return callable.args.includes('word');
}

export function drawables(
  callables: readonly Callable[],
  emphasis: ReadonlyMap<string, number>,
  about: ReadonlyMap<string, number> = new Map(),
): Drawables {
  const all = callables
    .map((callable) =>
      drawable(callable, (callable.weight ?? 1) * (emphasis.get(callable.operation.name) ?? 1)),
    )
    .filter((d) => d.weight > 0 || isAccess(d.callable));
  const cpu = all.filter((d) => d.callable.by === 'cpu');
  const weighed = (by: (c: Callable) => number): Pool =>
    pool(
      callables
        .filter((c) => c.by === 'cpu')
        .map((c) => drawable(c, by(c)))
        .filter((d) => d.weight > 0),
    );
  return {
    kernel: pool(cpu.filter((d) => !isAccess(d.callable))),
    accesses: pool(cpu.filter((d) => isAccess(d.callable))),
    device: pool(all.filter((d) => d.callable.by === 'device')),
    about: weighed((c) => about.get(c.operation.name) ?? 0),
    partners: weighed((c) => (isAccess(c) ? 0 : (c.weight ?? 1))),
  };
}

const pool = (items: readonly Drawable[]): Pool => ({ items, weights: items.map((d) => d.weight) });

export function drawFrom(prng: Prng, from: Pool): Drawable {
  return from.items[prng.weighted(from.weights)];
}

function drawable(callable: Callable, weight: number): Drawable {
  const { args, on } = callable;
  const own = args.some((a) => a === 'addr' || a === 'own-pmd');
  const any = args.some((a) => a === 'any-addr' || a === 'pmd');
  return {
    callable,
    weight,
    kinds: VMA_KINDS.reduce((bits, kind) => (on.includes(kind) ? bits | kindBit(kind) : bits), 0),
    reach: own ? 'own' : any ? 'any' : 'nowhere',
    otherMm: args.includes('other-mm'),
    file: args.includes('file'),
    device: args.includes('device'),
    compares: args.filter((a) => a === 'any-addr').length === 2,
  };
}

export function drawMix(prng: Prng, from: Drawables, odds: Odds): Mix {
  const { kernel } = from;
  if (kernel.items.length === 0 || (from.accesses.items.length > 0 && prng.chance(odds.plain))) {
    const kinds = [...from.accesses.items, ...from.device.items].reduce((bits, d) => bits | d.kinds, 0);
    const kind =
      (kinds & kindBit('anon')) !== 0 && prng.chance(odds.plainAnon) ? 'anon' : drawKind(prng, kinds, odds);
    return { kind, kernel: NOTHING, otherMm: false, file: false, compares: false, plain: true };
  }
  const size = Math.min(kernel.items.length, 1 + prng.weighted(odds.mixSize));
  const first = drawFrom(prng, kernel);
  const kind = drawKind(prng, first.kinds, odds);
  const items = [first];
  for (let i = 1; i < size; i++) {
    const next = drawFurther(prng, kernel, kindBit(kind), odds);
    if (!items.includes(next)) items.push(next);
  }
  return mixOf(prng, kind, items, odds);
}

/** A mix of these operations, with weights of its own. */
export function mixOf(prng: Prng, kind: VmaKind, items: readonly Drawable[], odds: Odds): Mix {
  return {
    kind,
    kernel: { items, weights: items.map((d) => d.weight * (1 + prng.below(odds.uneven))) },
    otherMm: items.some((d) => d.otherMm),
    file: items.some((d) => d.file),
    compares: items.some((d) => d.compares),
    plain: false,
  };
}

function drawFurther(prng: Prng, kernel: Pool, kind: number, odds: Odds): Drawable {
  let next = drawFrom(prng, kernel);
  for (let i = 0; i < REDRAWS && (next.kinds & kind) === 0 && prng.chance(odds.together); i++)
    next = drawFrom(prng, kernel);
  return next;
}

/** A kind of vma with its bit set; one without a vma only if there is no other. */
export function drawKind(prng: Prng, kinds: number, odds: Odds): VmaKind {
  let bits = kinds & ~NO_VMA;
  if (bits === 0) bits = kinds === 0 ? ALL & ~NO_VMA : kinds;
  return VMA_KINDS[
    prng.weighted(VMA_KINDS.map((kind, i) => ((bits & (1 << i)) === 0 ? 0 : odds.kinds[kind])))
  ];
}
