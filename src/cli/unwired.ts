import { HarnessBug } from '../base/assert.js';
import type { CountingLab } from '../campaign/lab-job.js';
import type { Callable } from '../program/callable.js';
import type { Model } from '../program/model.js';
import type { Operation } from '../program/step.js';
import { Vocabulary } from '../program/vocabulary.js';
import type { Finding } from '../run/finding.js';

// What the other rooms will hand over; replaced by their exports.
export const models: readonly Model[] = [];
export const vocabulary = new Vocabulary([], []);
export const callables: readonly Callable[] = [];
export const operations: readonly Operation[] = [];

export function buildLab(_candidate: Model, _reference: Model, _callables: readonly Callable[]): CountingLab {
  throw new HarnessBug('no lab yet');
}

export function renderTrace(_finding: Finding, _lab: CountingLab): string {
  throw new HarnessBug('no trace yet');
}

export function renderReadme(_finding: Finding, _lab: CountingLab): string {
  throw new HarnessBug('no report yet');
}
