import { resolve } from 'node:path';
import { existsSync } from 'node:fs';

import { createJiti } from 'jiti';
import { z } from 'zod';

import { BadInput } from '../base/errors.js';
import { reason } from '../campaign/disk.js';
import { didYouMean } from '../base/nearest.js';
import { COW_REUSE, ERAS, type Model } from '../program/model.js';
import type { Operation } from '../program/step.js';
import type { Vocabulary } from '../program/vocabulary.js';
import { checkEdits } from '../program/union.js';
import { MUTED, withMutes } from './mutes.js';

/** What the register hands out. */
export interface Register {
  readonly models: readonly Model[];
  readonly operations: readonly Operation[];
  /** What listings are written in. */
  readonly words: Vocabulary;
}

/** A name that means a file: it has a separator or the ending of a module. */
export function isPath(name: string): boolean {
  return /[\\/]/.test(name) || /\.[cm]?[jt]s$/.test(name);
}

/** Relative paths mean the user's directory, not the worker's. Mutes after the path stay. */
export function absoluteModel(name: string, cwd: string): string {
  return isPath(name) ? resolve(cwd, name) : name;
}

/**
 * The model of a name: a built-in, `NAME~SITE:slot` (a built-in with notifications taken away), or the path of a file
 * that exports one. Throws {@link BadInput}.
 */
export async function loadModel(name: string, register: Register): Promise<Model> {
  const model =
    isPath(name) && !isBuiltIn(name, register) ? await loadFile(name, register) : builtIn(name, register);
  checkEdits(register.operations, model);
  return model;
}

function isBuiltIn(name: string, register: Register): boolean {
  return register.models.some((m) => m.name === name.split(MUTED)[0]);
}

/** A built-in, with notifications taken away perhaps. Never reads a file. Throws {@link BadInput}. */
export function builtIn(name: string, register: Register): Model {
  const [base = '', ...mutes] = name.split(MUTED);
  const found = register.models.find((m) => m.name === base);
  if (found !== undefined) return withMutes(found, mutes, register.operations);
  const names = register.models.map((m) => m.name);
  throw new BadInput(
    `Unknown model "${base}"; expected one of ${names.join(', ')}, or the path of a model file.${didYouMean(base, names)}`,
  );
}

const shape = z.looseObject({
  name: z.string().regex(/^[A-Za-z0-9][\w.+-]{0,79}$/, 'a name of letters, digits, dots, dashes'),
  about: z.string().default(''),
  readFrom: z.string().default(''),
  kernel: z
    .string()
    .regex(/^\d+\.\d+$/, 'a release like 4.14')
    .optional(),
  era: z.enum(ERAS),
  cowReuse: z.enum(COW_REUSE),
  edits: z.array(z.looseObject({ kind: z.enum(['mute', 'notify', 'drop', 'insert']) })),
});

async function loadFile(path: string, register: Register): Promise<Model> {
  if (!existsSync(path))
    throw new BadInput(`There is no model file ${path}; expected a TypeScript or JavaScript module.`);
  let exported: unknown;
  try {
    exported = await importFile(path);
  } catch (error) {
    const why = reason(error).split('\n')[0].replace(/\s+/g, ' ').trim();
    throw new BadInput(
      `Cannot load the model file ${path}: ${why.replace(/[ .;]+$/, '')}; expected a module that exports a model.`,
    );
  }
  const parsed = shape.safeParse(exported);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where =
      issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')}: ${issue.message})`;
    throw new BadInput(
      `${path} does not export default a model${where}; expected { name, era, cowReuse, edits }.`,
    );
  }
  if (register.models.some((m) => m.name === parsed.data.name))
    throw new BadInput(
      `${path} calls its model "${parsed.data.name}", as a built-in is called; expected a name of its own.`,
    );
  return parsed.data as unknown as Model;
}

/** Runs the module, with `shootdown` as this very library: its primitives are the ones that the machine runs. */
async function importFile(path: string): Promise<unknown> {
  const api = (await import(new URL('../api.js', import.meta.url).href)) as object;
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    moduleCache: false,
    virtualModules: { shootdown: api },
  });
  return jiti.import(path, { default: true });
}
