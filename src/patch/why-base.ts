import { compareVersions } from '../program/kernel-version.js';
import type { Model } from '../program/model.js';

/** How a model took the patch. */
export interface Fit {
  readonly model: Model;
  readonly score: number;
  /** Lines of the old side that are steps of the model. */
  readonly matched: number;
  /** Names in the patch that its release does not write. */
  readonly wrong: number;
}

/** Scores nearer than this are no decision. */
export const ALIKE = 0.01;

/** Why the best of the attempts was taken, one sentence without a full stop. `date`: the day of the patch. */
export function whyBest(best: Fit, attempts: readonly Fit[], date: string | undefined): string {
  const others = attempts.filter((a) => a !== best && a.score > best.score - ALIKE);
  const nearest = others.length === 0 || date === undefined ? '' : `, and it is the nearest to ${date}`;
  if (best.matched === 0)
    return `nothing of the context is a step of any model; ${whyDefault(best, attempts, date)}`;
  return `the context fits it best (score ${best.score.toFixed(1)})${alsoFit(others)}${nearest}`;
}

/** Nothing tells but names and the day: `v6.1 is taken as the newest of the releases that write its names`. */
function whyDefault(best: Fit, attempts: readonly Fit[], date: string | undefined): string {
  const shipped = attempts.filter((a) => a.model.kernel !== undefined);
  const named = shipped.filter((a) => a.wrong === best.wrong);
  const { name } = best.model;
  if (named.length === 1 && shipped.length > 1)
    return `${name} is taken as the only release that writes its names; --base names another`;
  const which = date === undefined ? 'the newest' : `the nearest to ${date}`;
  const of = named.length < shipped.length ? 'the releases that write its names' : 'all releases';
  return `${name} is taken as ${which} of ${of}; --base names another`;
}

function alsoFit(others: readonly Fit[]): string {
  if (others.length === 0) return '';
  const names = others.map((a) => a.model.name);
  const shown =
    names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} others` : names.join(', ');
  return `; ${shown} ${names.length === 1 ? 'fits' : 'fit'} as well`;
}

/** Of models that fit alike, shipped kernels come first: the nearest to the day of the patch, or the newest. */
export function preference(a: Model, b: Model, distance: (kernel: string) => number): number {
  if (a.kernel === undefined || b.kernel === undefined)
    return Number(a.kernel !== undefined) - Number(b.kernel !== undefined);
  const nearer = distance(b.kernel) - distance(a.kernel);
  return nearer === 0 || Number.isNaN(nearer) ? compareVersions(a.kernel, b.kernel) : nearer;
}
