import type { Code } from './code.js';
import type { Instruction } from './instruction.js';
import { readsOf, writesOf } from './symbol.js';

/** Registers whose value some way on from an instruction still reads, by instruction. */
export type Live = ReadonlyMap<number, ReadonlySet<number>>;

/** Liveness over the instructions [first, last]; `forgotten` says which registers a step zeroes. */
export function livenessOf(
  code: Code,
  first: number,
  last: number,
  forgotten: (i: Instruction) => readonly number[],
): Live {
  const live = new Map<number, ReadonlySet<number>>();
  for (let changed = true; changed;) {
    changed = false;
    for (let at = last; at >= first; at--) {
      const i = code.instructions[at];
      const after = [i.next, i.otherwise].flatMap((to) => [...(live.get(to) ?? [])]);
      const now = new Set(
        i.primitive?.shape === 'test' ? after : without(after, [...writesOf(i), ...forgotten(i)]),
      );
      for (const r of readsOf(i)) now.add(r);
      if (now.size === (live.get(at)?.size ?? -1)) continue;
      live.set(at, now);
      changed = true;
    }
  }
  return live;
}

function without(list: readonly number[], gone: readonly number[]): readonly number[] {
  return gone.length === 0 ? list : list.filter((r) => !gone.includes(r));
}

/** The instructions of [first, last] from which some way leads to one of the `targets`, themselves included. */
export function reaching(
  code: Code,
  first: number,
  last: number,
  targets: readonly number[],
): ReadonlySet<number> {
  const out = new Set(targets);
  for (let size = -1; size !== out.size;) {
    size = out.size;
    for (let at = last; at >= first; at--) {
      const i = code.instructions[at];
      if (out.has(i.next) || out.has(i.otherwise)) out.add(at);
    }
  }
  return out;
}
