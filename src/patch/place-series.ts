import { BadInput } from '../base/errors.js';
import { didYouMean } from '../base/nearest.js';
import { compareVersions } from '../program/kernel-version.js';
import type { Model } from '../program/model.js';
import type { Operation } from '../program/step.js';
import { releaseOf } from './base-commit.js';
import { tokensOf } from './c-tokens.js';
import type { Base, Placement, PlacedHunk } from './placement.js';
import { Ground } from './ground.js';
import { placePatch } from './place.js';
import { readingOf, type Reading } from './reading.js';
import type { PatchSeries } from './series.js';
import { releasesOf } from './spelling.js';

interface Attempt {
  readonly model: Model;
  readonly result: Model;
  readonly hunks: readonly PlacedHunk[];
  readonly score: number;
  readonly reverse: number;
}

/** A name that belongs to another release weighs as much as a call that is missing. */
const WRONG_RELEASE = 4;

/**
 * Places every hunk of the series in the operations, patch after patch, on a base: the one that is asked for by name,
 * the release that a `base-commit` trailer names, or the model that fits best. Throws {@link BadInput} when no model
 * has the name.
 */
export function placeSeries(
  series: PatchSeries,
  models: readonly Model[],
  operations: readonly Operation[],
  wanted?: string,
): Placement {
  const ground = new Ground(operations, models);
  const readings = series.patches.map((patch) => readingOf(patch, ground));
  const chosen = named(series, models, wanted);
  const attempts = (chosen === undefined ? models : [chosen.model]).map((m) =>
    attempt(series, readings, m, ground),
  );
  const best = [...attempts].sort((a, b) => b.score - a.score || preference(b.model, a.model))[0];
  const applied = best.reverse > best.score + 0.5;
  const base: Base = {
    model: best.model,
    why: `${chosen?.why ?? whyBest(best, attempts)}${applied ? '; the patch seems to be applied in it already' : ''}`,
    score: best.score,
    applied,
  };
  return { base, hunks: best.hunks, model: best.result };
}

function named(
  series: PatchSeries,
  models: readonly Model[],
  wanted: string | undefined,
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
  return model === undefined
    ? undefined
    : { model, why: `base-commit ${commit!.slice(0, 12)} is v${release!}` };
}

function attempt(series: PatchSeries, readings: readonly Reading[], model: Model, ground: Ground): Attempt {
  let current = model;
  let [score, reverse] = [0, 0];
  const hunks: PlacedHunk[] = [];
  readings.forEach((reading, i) => {
    const placed = placePatch(reading, i, current, ground);
    score += placed.score;
    reverse += placed.reverse;
    hunks.push(...placed.hunks);
    current = { ...current, edits: [...current.edits, ...placed.edits] };
  });
  const wrong = wrongReleases(series, model);
  const { kernel: _, ...rest } = current;
  const result: Model = {
    ...rest,
    ...(model.kernel === undefined ? {} : { kernel: model.kernel }),
    name: `${model.name}+patch`,
    about: `${model.about}, with the patch`,
  };
  return { model, result, hunks, score: score - wrong, reverse: reverse - wrong };
}

/** Names in the old side of the patch that the model's release does not write. */
function wrongReleases(series: PatchSeries, model: Model): number {
  if (model.kernel === undefined) return 0;
  const { kernel } = model;
  const words = series.patches
    .flatMap((p) => p.files.flatMap((f) => f.hunks))
    .flatMap((h) => tokensOf(h.lines.filter((l) => l.kind !== 'added').map((l) => l.text)))
    .map((t) => t.text);
  const { since, until } = releasesOf(words);
  const wrong =
    since.filter((v) => compareVersions(kernel, v) < 0).length +
    until.filter((v) => compareVersions(kernel, v) >= 0).length;
  return wrong * WRONG_RELEASE;
}

/** Of models that fit alike, shipped kernels come first, the newest of them before the others. */
function preference(a: Model, b: Model): number {
  if (a.kernel === undefined || b.kernel === undefined)
    return Number(a.kernel !== undefined) - Number(b.kernel !== undefined);
  return compareVersions(a.kernel, b.kernel);
}

function whyBest(best: Attempt, attempts: readonly Attempt[]): string {
  const alike = attempts.filter((a) => a !== best && a.score > best.score - 0.01).map((a) => a.model.name);
  const also =
    alike.length === 0 ? '' : `; ${alike.join(', ')} ${alike.length === 1 ? 'fits' : 'fit'} as well`;
  return `the context fits it best (score ${best.score.toFixed(1)})${also}`;
}
