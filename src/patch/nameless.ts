import { align } from './align.js';
import { anchorsOf, functionsOf } from './anchors.js';
import { elementsOf } from './elements.js';
import type { Ground } from './ground.js';
import { isNameless, LABEL } from './hunk-functions.js';
import type { Group } from './reading.js';
import type { Model } from '../program/model.js';

/** Lines of the old side that must be steps of a function for it to be the one; and by how much it must fit best. */
const LEAST = 2;
const AHEAD = 1;

/** The groups with those of no name joined to the function of their file whose steps their lines are, if one is. */
export function located(groups: readonly Group[], model: Model, ground: Ground): readonly Group[] {
  if (groups.every((g) => g.cFunction !== '')) return groups;
  const out = new Map<string, Group>();
  for (const group of groups) {
    const cFunction = group.cFunction === '' ? (fitOf(group, model, ground)[0] ?? '') : group.cFunction;
    const key = `${group.file} ${cFunction === '' ? `${out.size}` : cFunction}`;
    const had = out.get(key);
    out.set(key, had === undefined ? { ...group, cFunction } : joined(had, group, ground));
  }
  return [...out.values()];
}

/** Why the function of such a group is not known, behind what stands in it. */
export function whyNameless(group: Group, model: Model, ground: Ground): string {
  const heading = group.pieces[0]?.entry.hunk.function;
  const label = LABEL.exec(heading ?? '')?.[1];
  const begin = label === undefined ? 'does not name' : `does not name: its heading is the label ${label}`;
  const rivals = label === undefined && heading !== undefined ? [] : fitsOf(group, model, ground).slice(0, 3);
  const names = rivals.map((r) => `${r.name}()`).join(', ');
  const fits = rivals.length < 2 ? '' : `; it could be ${names}`;
  return `is in a function that the hunk ${begin}${fits}; --tree finds it`;
}

/** The one function that fits, or none. */
function fitOf(group: Group, model: Model, ground: Ground): readonly string[] {
  if (!isNameless(group.pieces[0].entry.hunk)) return [];
  const [best, second] = fitsOf(group, model, ground);
  const clear = best !== undefined && (second === undefined || best.score >= second.score + AHEAD);
  return clear ? [best.name] : [];
}

function fitsOf(
  group: Group,
  model: Model,
  ground: Ground,
): readonly { readonly name: string; readonly score: number }[] {
  const label = LABEL.exec(group.pieces[0].entry.hunk.function ?? '')?.[1];
  const own = ground.operations.filter((op) => op.from === group.file);
  const all = own.flatMap((op) =>
    functionsOf(op).map((name) => {
      const anchors = anchorsOf(op, model, name);
      const { score, at } = align(group.elements, anchors);
      const matched = group.elements.filter((e, i) => e.sign !== '+' && at[i] >= 0).length;
      const has = anchors.some((a) => a.on && a.kind === 'label' && a.verbs.includes(`label ${label}`));
      return { name, score, matched, has };
    }),
  );
  const able = all.filter((f) => f.matched >= LEAST && f.score > 0);
  const labelled = able.filter((f) => f.has);
  return (labelled.length > 0 ? labelled : able).sort((a, b) => b.score - a.score);
}

/** Pieces of one function that were read apart, in the order of the file. */
function joined(a: Group, b: Group, ground: Ground): Group {
  const pieces = [...a.pieces, ...b.pieces].sort((x, y) => x.entry.hunk.oldStart - y.entry.hunk.oldStart);
  const elements = pieces.flatMap((p, i) => elementsOf(p.changes, i, ground));
  return { ...a, pieces, shown: pieces.map((p) => p.changes), elements };
}
