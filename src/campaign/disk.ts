import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  fsyncSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import writeFileAtomic from 'write-file-atomic';

import { BadInput } from '../base/errors.js';

/** A directory or file that is being built: `.tmp-<pid>-<n>`. Readers skip it, a later campaign removes it. */
const TEMPORARY = /^\.tmp-(\d+)-\d+$/;
/** What write-file-atomic leaves when it is killed: the name, a dot, digits. */
const HALF_WRITTEN = /\.json\.\d+$/;

let made = 0;

/** Makes `path` unless it is there; throws {@link BadInput} when it cannot be used. `what` names it in the sentence. */
export function openDirectory(path: string, what: string): void {
  try {
    makeDirectories(resolve(path));
    readdirSync(path);
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new BadInput(
      `Cannot use ${path} as ${what} (${reason(error)}); expected a directory that can be written.`,
    );
  }
}

/** As mkdir -p. Node's own `recursive` never returns where a file system answers ENOENT, as /proc does (Node 20). */
function makeDirectories(path: string): void {
  if (existsSync(path)) return;
  makeDirectories(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (reason(error) !== 'EEXIST') throw error;
  }
}

/** `EACCES`, or the message where there is no code. */
export function reason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : String(message);
}

function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeSynced(path: string, text: string): void {
  const fd = openSync(path, 'w');
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Makes the directory `parent/name` with these files, all or nothing, on disk when it returns: built beside its place,
 * flushed, renamed, and the rename flushed. False when `name` is there already.
 */
export function createDirectory(
  parent: string,
  name: string,
  files: Readonly<Record<string, string>>,
): boolean {
  const building = join(parent, `.tmp-${process.pid}-${made++}`);
  mkdirSync(building);
  for (const [file, text] of Object.entries(files)) writeSynced(join(building, file), text);
  syncDirectory(building);
  try {
    renameSync(building, join(parent, name));
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(reason(error))) return false;
    throw error;
  }
  syncDirectory(parent);
  return true;
}

/** Replaces one file, all or nothing, on disk when it returns. */
export function replaceFile(directory: string, file: string, text: string): void {
  try {
    writeFileAtomic.sync(join(directory, file), text);
  } catch (error) {
    // Another campaign that starts on this directory takes our temporary file for a dead one's.
    if (reason(error) !== 'ENOENT') throw error;
    writeFileAtomic.sync(join(directory, file), text);
  }
  syncDirectory(directory);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return reason(error) === 'EPERM';
  }
}

/** Removes what killed campaigns left half-built in `parent` and in its directories. Returns how many it removed. */
export function removeStale(parent: string): number {
  let removed = 0;
  const drop = (path: string): void => {
    rmSync(path, { recursive: true, force: true });
    removed++;
  };
  for (const entry of readdirSync(parent)) {
    const path = join(parent, entry);
    const temporary = TEMPORARY.exec(entry);
    if (temporary !== null) {
      const pid = Number(temporary[1]);
      if (pid === process.pid || !isRunning(pid)) drop(path);
    } else if (HALF_WRITTEN.test(entry)) drop(path);
    else if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
      for (const inner of readdirSync(path)) if (HALF_WRITTEN.test(inner)) drop(join(path, inner));
  }
  return removed;
}
