import { BadInput } from '../base/errors.js';
import { didYouMean } from '../base/nearest.js';
import { compareVersions } from '../program/kernel-version.js';
import type { Model } from '../program/model.js';
import type { Operation } from '../program/step.js';
import { releaseOf } from './base-commit.js';
import type { Base, Placement, PlacedHunk } from './placement.js';
import { Ground } from './ground.js';
import { placePatch } from './place.js';
import { readingOf, type Reading } from './reading.js';
import type { PatchSeries } from './series.js';
import { daysFrom } from './release-dates.js';
import { releasesOf } from './spelling.js';
import type { SourceTree } from './tree.js';
import { ALIKE, preference, whyBest, type Fit } from './why-base.js';
import { widen } from './widen.js';

interface Attempt extends Fit {
  readonly result: Model;
  readonly hunks: readonly PlacedHunk[];
  readonly reverse: number;
}

/** A name that belongs to another release weighs as much as a call that is missing. */
const WRONG_RELEASE = 4;

/**
 * Places every hunk of the series in the operations, patch after patch, on a base: the one that is asked for by name,
 * the release that a `base-commit` trailer names or that the tree is of, or the model that fits best. With the sources that the patch was made
 * for, functions are read whole, not only what the hunks show. Throws {@link BadInput} when no model has the name, or a
 * hunk does not apply to the sources.
 */
export function placeSeries(
  series: PatchSeries,
  models: readonly Model[],
  operations: readonly Operation[],
  wanted?: string,
  tree?: SourceTree,
): Placement {
  const ground = new Ground(operations, models);
  const readings = readingsOf(series, ground, tree);
  const chosen = named(series, models, wanted, tree);
  const attempts = (chosen === undefined ? models : [chosen.model]).map((m) => attempt(readings, m, ground));
  const date = series.patches.find((p) => p.date !== undefined)?.date;
  const top = Math.max(...attempts.map((a) => a.score));
  const [best] = attempts
    .filter((a) => a.score > top - ALIKE)
    .sort((a, b) => preference(b.model, a.model, (v) => (date === undefined ? 0 : daysFrom(v, date))));
  const applied = best.reverse > best.score + 0.5;
  const base: Base = {
    model: best.model,
    why: `${chosen?.why ?? whyBest(best, attempts, date)}${applied ? '; the patch seems to be applied in it already' : ''}`,
    score: best.score,
    applied,
  };
  return { base, hunks: best.hunks, model: best.result };
}

/** Each patch is read in the tree that the patches before it leave. */
function readingsOf(series: PatchSeries, ground: Ground, tree: SourceTree | undefined): readonly Reading[] {
  let current = tree;
  return series.patches.map((patch) => {
    if (current === undefined) return readingOf(patch, ground);
    const widened = widen(patch, current);
    current = widened.tree;
    return readingOf(patch, ground, widened.functions);
  });
}

function named(
  series: PatchSeries,
  models: readonly Model[],
  wanted: string | undefined,
  tree: SourceTree | undefined,
): { readonly model: Model; readonly why: string } | undefined {
  if (wanted !== undefined) {
    const model = models.find((m) => m.name === wanted);
    const names = models.map((m) => m.name);
    if (model === undefined)
      throw new BadInput(`There is no model "${wanted}" to use as a base.${didYouMean(wanted, names)}`);
    return { model, why: 'asked for' };
  }
  const commit = series.patches.find((p) => p.baseCommit !== undefined)?.baseCommit;
  const release = commit === undefined ? undefined : releaseOf(commit);
  const model = models.find((m) => release !== undefined && m.kernel === release);
  if (model !== undefined) return { model, why: `base-commit ${commit!.slice(0, 12)} is v${release!}` };
  const own = tree === undefined ? undefined : versionOf(tree);
  const same = models.find((m) => own !== undefined && m.kernel === own);
  return same === undefined ? undefined : { model: same, why: `the Makefile of the tree says v${own!}` };
}

/** `6.1`, of which a tree is. */
function versionOf(tree: SourceTree): string | undefined {
  const [, version, level] = /^VERSION = (\d+)\nPATCHLEVEL = (\d+)$/m.exec(tree.read('Makefile') ?? '') ?? [];
  return version === undefined ? undefined : `${version}.${level}`;
}

function attempt(readings: readonly Reading[], model: Model, ground: Ground): Attempt {
  let current = model;
  let [score, reverse, matched] = [0, 0, 0];
  const hunks: PlacedHunk[] = [];
  readings.forEach((reading, i) => {
    const placed = placePatch(reading, i, current, ground);
    score += placed.score;
    reverse += placed.reverse;
    matched += placed.matched;
    hunks.push(...placed.hunks);
    current = { ...current, edits: [...current.edits, ...placed.edits] };
  });
  const wrong = wrongReleases(readings, model);
  const { kernel: _, ...rest } = current;
  const result: Model = {
    ...rest,
    ...(model.kernel === undefined ? {} : { kernel: model.kernel }),
    name: `${model.name}+patch`,
    about: `${model.about}, with the patch`,
  };
  const cost = wrong * WRONG_RELEASE;
  return { model, result, hunks, matched, wrong, score: score - cost, reverse: reverse - cost };
}

/** Names in the patch that the model's release does not write; those that it adds may be new, but not gone already. */
function wrongReleases(readings: readonly Reading[], model: Model): number {
  if (model.kernel === undefined) return 0;
  const { kernel } = model;
  const { since } = releasesOf(readings.flatMap((r) => namesIn(r, '+')));
  const { until } = releasesOf(readings.flatMap((r) => namesIn(r, undefined)));
  return (
    since.filter((v) => compareVersions(kernel, v) < 0).length +
    until.filter((v) => compareVersions(kernel, v) >= 0).length
  );
}

/** Names that the patch calls, also with the number of their arguments; not those of one side. */
function namesIn(reading: Reading, without: '+' | undefined): readonly string[] {
  const units = reading.entries.flatMap((e) => e.changes).filter((c) => c.sign !== without);
  const calls = units.flatMap((c) => c.unit.calls);
  return calls.flatMap((c) => [c.name, `${c.name}/${c.args.length}`]);
}
