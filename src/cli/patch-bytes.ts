import { readFileSync, statSync } from 'node:fs';

import { BadInput } from '../base/errors.js';
import { reason } from '../campaign/disk.js';
import { LIMIT } from '../patch/diff-damage.js';

/** The bytes of a file, or of stdin for `-`. Throws {@link BadInput}; what is too large is not read. */
export async function patchBytes(file: string): Promise<Uint8Array> {
  return file === '-' ? readStdin() : readOne(file);
}

function tooLarge(name: string): BadInput {
  return new BadInput(`${name} is larger than ${LIMIT} bytes; a patch is never that large.`);
}

function readOne(file: string): Uint8Array {
  try {
    if (statSync(file).size > LIMIT) throw tooLarge(file);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(`Cannot read ${file} (${reason(error)}); expected a patch, or - for stdin.`);
  }
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Uint8Array);
    size += (chunk as Uint8Array).length;
    if (size > LIMIT) throw tooLarge('What was given on stdin');
  }
  return Buffer.concat(chunks);
}
