import { expect, test } from '@jest/globals';

import { BadInput } from '../../src/base/errors.js';
import { checkCase, isWellFormed } from '../../src/scenario/check-case.js';
import { FAKES } from './fake-callables.js';

const flags = { writable: true, mergeable: false, file: 0, map: 'pages' };
const anon = { vma: 'anon', ...flags, pages: ['page', 'none', 'zero', 'swapped'] };
const file = { vma: 'file-shared', ...flags, pages: ['written', 'page', 'none', 'none'] };
const call = (name: string, args: unknown[], choices: string[] = []) => ({ name, args, choices });
const cpu = { kind: 'cpu', mm: 0, operations: [call('munmap', [2, 3], ['gather-full'])] };
const device = { kind: 'device', mm: 0, operations: [call('device_write', [0, 1])] };
const good = {
  world: { mms: [[anon, file]], files: ['page-cache'], frames: 24, swapSlots: 4 },
  hardware: { range: 'aligned-block' },
  threads: [cpu, device],
  schedule: [{ thread: 1, operation: 0, path: 'device_write:1 store', occurrence: 1 }],
};

/** A copy of `value` with the field at `path` set, or taken away when it is set to undefined. */
function spoilt(value: unknown, path: readonly string[], to: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return to;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[first] = spoilt(copy[first], rest, to);
  if (rest.length === 0 && to === undefined) delete copy[first];
  return copy;
}

test('a well-formed case passes', () => {
  expect(() => checkCase(structuredClone(good), FAKES)).not.toThrow();
  expect(isWellFormed(good, FAKES)).toBe(true);
});

const first = 'threads.0.operations.0';
test.each([
  ['no object', '', 7, 'The case is 7; expected an object'],
  ['null', '', null, 'The case is null'],
  ['a lacking field', 'schedule', undefined, 'The case lacks the field schedule'],
  [
    'an unknown field',
    'scedule',
    [],
    'unknown field "scedule"; expected world, hardware, threads, schedule. Did',
  ],
  ['no mm', 'world.mms', [], 'world.mms has 0 mms; expected 1 to 2.'],
  ['three regions', 'world.mms.0', [anon, anon, anon], 'world.mms[0].length is 3'],
  ['mms of two sizes', 'world.mms.1', [anon, anon, anon, anon], 'world.mms[1].length is 4; expected 2'],
  ['an unknown kind', 'world.mms.0.0.vma', 'anno', 'vma is "anno"; expected one of none, anon, file-shared'],
  ['a state not of the vma', 'world.mms.0.1.pages.2', 'swapped', 'expected one of none, page, written.'],
  ['pages beside a huge page', 'world.mms.0.0.map', 'huge', 'world.mms[0][0].pages[0] is "page"'],
  ['a huge page of a file', 'world.mms.0.1.map', 'huge', 'map is "huge"; expected one of pages.'],
  ['a mergeable file', 'world.mms.0.1.mergeable', true, 'only an anon region'],
  ['a file of another kind', 'world.files', ['dax'], 'file is 0; expected the number of a page-cache file'],
  ['a mapping without its file', 'world.files', [], 'expected nothing: there is no file in world.files.'],
  ['a shared page alone', 'world.mms.0.0.pages.0', 'shared', 'pages[0] is "shared"; expected the same page'],
  ['too few swap slots', 'world.swapSlots', 0, 'world.swapSlots is 0; expected at least 1'],
  ['too few frames', 'world.frames', 4, 'world.frames is 4; expected at least 8'],
  ['frames for half a huge page', 'world.frames', 22, 'a multiple of 4'],
  ['too many frames', 'world.frames', 4000, 'world.frames is 4000; expected an integer from 4 to 32.'],
  ['an unknown switch', 'hardware.rang', 'aligned-block', 'Did you mean "range"?'],
  ['an unknown value', 'hardware.range', 'aligned', 'hardware.range is "aligned"; expected one of'],
  ['a conforming switch', 'hardware.range', 'covers', 'hardware.range is "covers"'],
  ['no thread', 'threads', [], 'threads has 0 threads'],
  ['no CPU', 'threads', [device], 'threads has 0 of kind cpu; expected 1 to 4.'],
  ['a device before a CPU', 'threads', [device, cpu], 'threads[0].kind is "device"; expected cpu'],
  [
    'three devices',
    'threads',
    [cpu, device, device, device],
    'threads has 3 of kind device; expected at most 2.',
  ],
  ['an mm that is not there', 'threads.0.mm', 1, 'threads[0].mm is 1; expected 0.'],
  ['nothing to do', 'threads', [{ ...cpu, operations: [] }], 'no operation at all'],
  ['an unknown operation', `${first}.name`, 'mumap', 'threads[0].operations[0].name is "mumap"'],
  ["a device's operation on a CPU", first, call('device_read', [0, 0]), 'name is "device_read"'],
  ['too few arguments', `${first}.args`, [1], 'args has 1 arguments (addr, count); expected 2.'],
  ['a fraction', `${first}.args`, [1.5, 1], 'operations[0].args[0] is 1.5; expected an integer from 0 to 7'],
  ['a range past the end', `${first}.args`, [6, 3], 'args[1] is 3; expected an integer from 1 to 2'],
  [
    'a second range past the end',
    first,
    call('mremap', [0, 4, 5]),
    'args[2] is 5; expected an address with room',
  ],
  ['a crooked PMD', first, call('split', [2]), 'args[0] is 2; expected the first page of a PMD region'],
  ['another mm where there is one', first, call('fork', [0]), "an mm that is not the thread's own"],
  ['an unknown choice', `${first}.choices`, ['gather-ful'], 'Did you mean "gather-full"?'],
  ['a segment of no thread', 'schedule.0.thread', 2, 'schedule[0].thread is 2'],
  ['a segment of no operation', 'schedule.0.operation', 5, 'schedule[0].operation is 5'],
  ['an occurrence before the first', 'schedule.0.occurrence', 0, 'schedule[0].occurrence is 0'],
  ['a path that is no text', 'schedule.0.path', 3, 'schedule[0].path is 3; expected a text'],
])('%s is refused, by field', (_what, path, to, message) => {
  const value = spoilt(good, path === '' ? [] : path.split('.'), to);
  expect(() => checkCase(value, FAKES)).toThrow(BadInput);
  expect(() => checkCase(value, FAKES)).toThrow(message);
  expect(isWellFormed(value, FAKES)).toBe(false);
});

test('more writes than there are values for are refused', () => {
  const writes = Array.from({ length: 15 }, () => call('user_write', [0, 0]));
  const threads = [0, 1].map(() => ({ ...cpu, operations: writes }));
  expect(() => checkCase({ ...good, threads }, FAKES)).toThrow(
    '30 operations that write; expected at most 28.',
  );
});
