import { hashText } from '../base/hash.js';
import { BadInput } from '../base/errors.js';
import type { ModelData } from '../campaign/job.js';
import type { Edit, Model } from '../program/model.js';
import { calleeOf } from '../program/locate.js';
import type { Operation } from '../program/step.js';
import { builtIn, type Register } from './load-model.js';
import { patchedModel } from './patched-model.js';

/** JSON with primitives and called operations by name: the same text for the same kernel. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'primitive') return (inner as { name: string }).name;
    if (key === 'operation' && typeof inner === 'object') return (inner as Operation).name;
    return inner;
  });
}

/** The operations are a megabyte of text, and always the same ones. */
const texts = new WeakMap<readonly Operation[], string>();

function textOf(operations: readonly Operation[]): string {
  const text = texts.get(operations) ?? canonical(operations);
  texts.set(operations, text);
  return text;
}

/** 16 hex digits over the operations, the edits, the era and the rules. */
export function modelHash(model: Model, operations: readonly Operation[]): string {
  const { era, cowReuse, edits } = model;
  return hashText(`[${[era, cowReuse, edits].map(canonical).join(',')},${textOf(operations)}]`);
}

/** One edit as a reader would say it. */
function editText(edit: Edit): string {
  if (edit.kind === 'mute' || edit.kind === 'notify') return `${edit.kind} ${edit.site}:${edit.slot}`;
  const { callee, nth, branch, part } = edit.step;
  const where = `${edit.in}${branch === undefined ? '' : `/${branch}`}`;
  const step = `${callee}${part === undefined ? '' : `.${part}`} ${nth ?? 1}`;
  if (edit.kind === 'drop') return `drop ${where} ${step}`;
  return `insert ${where} ${edit.at} ${step}: ${edit.steps.map(calleeOf).join(', ')}`;
}

/** `patched`: the built-in under the model, and the listing of what a patch does to it. */
export function modelData(
  model: Model,
  operations: readonly Operation[],
  patched?: { readonly base: string; readonly listing: string },
): ModelData {
  return {
    name: model.name,
    hash: modelHash(model, operations),
    era: model.era,
    cowReuse: model.cowReuse,
    edits: model.edits.map(editText),
    ...(patched ?? {}),
  };
}

/**
 * The model that a case file was found with. Nothing in a file is executed: it must be a built-in, with mutes perhaps,
 * or be given again with `--model`. Throws {@link BadInput} when it is unknown or has changed since.
 */
export function modelOfFile(data: ModelData, where: string, register: Register, option = '--model'): Model {
  let model: Model;
  try {
    model =
      data.base === undefined || data.listing === undefined
        ? builtIn(data.name, register)
        : patchedModel(builtIn(data.base, register), data.listing, register.words);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    throw new BadInput(
      `${where} was found with the model "${data.name}", which is no built-in; give its file with ${option}.`,
    );
  }
  const hash = modelHash(model, register.operations);
  if (data.hash !== undefined && data.hash !== hash)
    throw new BadInput(
      `${where} was found with another state of the model ${data.name} (${data.hash}, now ${hash}): its steps have changed since; run the case on today's with ${option} ${data.name}.`,
    );
  return model;
}
