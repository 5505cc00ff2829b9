import { expect, test } from '@jest/globals';

import type { ArgKind } from '../../src/program/callable.js';
import type { Case, OperationCall, Region } from '../../src/scenario/case.js';
import { conformHardware } from '../../src/shrink/conform-hardware.js';
import { Door } from '../../src/shrink/door.js';
import { dropChoices } from '../../src/shrink/drop-choices.js';
import { dropFiles } from '../../src/shrink/drop-files.js';
import { dropMms } from '../../src/shrink/drop-mms.js';
import { dropOperations } from '../../src/shrink/drop-operations.js';
import { dropPuds } from '../../src/shrink/drop-puds.js';
import { dropSegments } from '../../src/shrink/drop-segments.js';
import { dropThreads } from '../../src/shrink/drop-threads.js';
import { emptyRegions } from '../../src/shrink/empty-regions.js';
import { joinRegions } from '../../src/shrink/join-regions.js';
import { joinSegments } from '../../src/shrink/join-segments.js';
import { joinThreads } from '../../src/shrink/join-threads.js';
import { lowerArgs } from '../../src/shrink/lower-args.js';
import { mapInstead } from '../../src/shrink/map-instead.js';
import { moveOperations } from '../../src/shrink/move-operations.js';
import type { Pass } from '../../src/shrink/pass.js';
import { plainSegments } from '../../src/shrink/plain-segments.js';
import { dropOperationsElsewhere, dropPairsElsewhere, fewerSwitches } from '../../src/shrink/reschedule.js';
import { replaceDevice } from '../../src/shrink/replace-device.js';
import { simplifyPages } from '../../src/shrink/simplify-pages.js';
import { swapThreads } from '../../src/shrink/swap-threads.js';
import {
  NO_REGION,
  caseOf,
  fakeLab,
  findingOf,
  namesOf,
  ranInOrder,
  region,
  scheduleOf,
  scheduleText,
  thread,
  violation,
  type Shows,
} from './fake-lab.js';

type Holds = (c: Case, ran: Parameters<Shows>[1]) => boolean;

/** What one run of the pass makes of `c` when exactly the cases that `holds` accepts show the finding. */
function after(pass: Pass, c: Case, holds: Holds, kinds: Record<string, readonly ArgKind[]> = {}): Case {
  const lab = fakeLab((x, ran) => (holds(x, ran) ? violation : undefined), kinds);
  const door = new Door(lab, findingOf(c), { tries: 5000, search: 1 });
  expect(door.shows(c)).toBe(true);
  pass.run(door);
  return door.best.case;
}

const calls = (c: Case): readonly string[] => c.threads.flatMap((t) => t.operations.map((o) => o.name));
const all =
  (...names: readonly string[]): Holds =>
  (c) =>
    names.every((n) => calls(c).includes(n));
const always: Holds = () => true;

function one(call: Partial<OperationCall>, over: Partial<Case> = {}): Case {
  return caseOf([{ kind: 'cpu', mm: 0, operations: [{ name: 'a', args: [], choices: [], ...call }] }], over);
}

function withWorld(mms: readonly (readonly Region[])[], threads = [thread('a')]): Case {
  return caseOf(threads, { world: { mms, files: [], frames: 16, swapSlots: 4 } });
}

test('operations that do not matter are dropped, with the threads that they leave idle', () => {
  const c = caseOf([thread('p q x r'), thread('s t'), thread('u y v', 'device')]);
  expect(namesOf(after(dropOperations, c, all('x', 'y')))).toEqual(['x', 'y']);
});

test('the last operation is never dropped', () => {
  expect(namesOf(after(dropOperations, caseOf([thread('a b c')]), always))).toEqual(['c']);
});

test('a thread that must be there stays without its operations', () => {
  const c = caseOf([thread('x'), thread('a b', 'device')]);
  const holds: Holds = (d) => all('x')(d, []) && d.threads.some((t) => t.kind === 'device');
  expect(namesOf(after(dropOperations, c, holds))).toEqual(['x', '']);
});

test('threads that do not matter are dropped', () => {
  const c = caseOf([thread('a'), thread('x'), thread('b'), thread('y', 'device')]);
  expect(namesOf(after(dropThreads, c, all('x', 'y')))).toEqual(['x', 'y']);
});

test('two threads are joined when one can do the work of both', () => {
  const c = caseOf([thread('a c'), thread('b')], { schedule: scheduleOf('0:0 1:0 0:1') });
  const holds: Holds = (_, ran) => ranInOrder(ran, ['a.3', 'b.3', 'c.1']);
  expect(namesOf(after(joinThreads, c, holds))).toEqual(['a b c']);
});

test('operations move to the first thread that can do them', () => {
  const c = caseOf([thread('a'), thread('b x')]);
  expect(after(moveOperations, c, all('x')).threads.map((t) => t.operations.length)).toEqual([3, 0]);
});

test('a CPU does what a device did when the finding is not about that', () => {
  const c = caseOf([thread(''), thread('a b', 'device'), thread('x', 'device')], {
    schedule: scheduleOf('2:0/2 1:0/2 2:0 1:1'),
  });
  const best = after(replaceDevice, c, (d, ran) => all('x')(d, ran) && d.threads[1].kind === 'device');
  expect(best.threads.map((t) => [t.kind, t.operations.length])).toEqual([
    ['cpu', 2],
    ['device', 1],
  ]);
  expect(scheduleText(best.schedule)).toBe('1:0/2 0:0 1:0 0:1');
});

test('segments that do not matter are dropped', () => {
  const c = caseOf([thread('a b'), thread('x y', 'device')], {
    schedule: scheduleOf('0:0/2 1:0/2 0:0 1:0 0:1/2 1:1/2 0:1 1:1'),
  });
  const holds: Holds = (_, ran) => ranInOrder(ran, ['a.1', 'x.1', 'a.2']);
  expect(after(dropSegments, c, holds).schedule.length).toBe(2);
});

test('a window that two preemptions open needs two segments', () => {
  const c = caseOf([thread('a'), thread('x')], { schedule: scheduleOf('0:0/2 1:0/2 0:0/3 1:0/3 0:0 1:0') });
  const holds: Holds = (_, ran) => ranInOrder(ran, ['a.1', 'x.1', 'a.2', 'a.3', 'x.3']);
  const dropped = after(dropSegments, c, holds);
  expect(scheduleText(after(joinSegments, dropped, holds).schedule)).toBe('0:0/2 1:0/2');
});

test('a segment whose inner point does not matter ends with its operation', () => {
  const c = caseOf([thread('a'), thread('x')], { schedule: scheduleOf('1:0/2') });
  const holds: Holds = (_, ran) => ranInOrder(ran, ['x.1', 'a.1']);
  expect(scheduleText(after(plainSegments, c, holds).schedule)).toBe('1:0');
});

test('threads change places when that saves a segment', () => {
  const c = caseOf([thread('a'), thread('x')], { schedule: scheduleOf('1:0') });
  const holds: Holds = (_, ran) => ranInOrder(ran, ['x.3', 'a.1']);
  const swapped = after(swapThreads, c, holds);
  expect([namesOf(swapped), scheduleText(swapped.schedule)]).toEqual([['x', 'a'], '']);
});

test('choices that do not matter are dropped one by one', () => {
  const c = one({ choices: ['swap-full', 'gather-full', 'pte-unused'] });
  const holds: Holds = (d) => d.threads[0].operations[0].choices.includes('gather-full');
  expect(after(dropChoices, c, holds).threads[0].operations[0].choices).toEqual(['gather-full']);
});

test('only the switch that the finding needs stays unusual', () => {
  const c = one({}, { hardware: { prefetch: 'any-time', 'dirty-bit': 'late', completion: 'needs-sync' } });
  const holds: Holds = (d) => d.hardware['dirty-bit'] !== undefined;
  expect(after(conformHardware, c, holds).hardware).toEqual({ 'dirty-bit': 'late' });
});

test('pages that do not matter are unmapped and the others made ordinary', () => {
  const c = withWorld([
    [region({ pages: ['swapped', 'zero', 'clean', 'page'], mergeable: true }), region({ map: 'huge' })],
  ]);
  const holds: Holds = (d) => d.world.mms[0][0].pages[1] !== 'none';
  const best = after(simplifyPages, c, holds).world.mms[0];
  expect(best[0]).toEqual(region({ pages: ['none', 'page', 'none', 'none'] }));
  expect(best[1]).toEqual(region());
});

test('a page is mapped from the start instead of by an operation', () => {
  const operations = [
    { name: 'm', args: [6], choices: [] },
    { name: 'x', args: [], choices: [] },
  ];
  const c = withWorld([[NO_REGION, region()]], [{ kind: 'cpu', mm: 0, operations }]);
  const holds: Holds = (d) => calls(d).includes('m') || d.world.mms[0][1].pages[2] === 'zero';
  const best = after(mapInstead, c, (d, ran) => holds(d, ran) && all('x')(d, ran), { m: ['addr'] });
  expect(namesOf(best)).toEqual(['x']);
  expect(best.world.mms[0][1].pages).toEqual(['none', 'none', 'zero', 'none']);
});

test('regions that do not matter lose their vma', () => {
  const c = withWorld([
    [region({ pages: ['page', 'none', 'none', 'none'] }), region({ vma: 'hugetlb-private' })],
  ]);
  const holds: Holds = (d) => d.world.mms[0][0].vma === 'anon';
  expect(after(emptyRegions, c, holds).world.mms[0].map((r) => r.vma)).toEqual(['anon', 'none']);
});

test('what works in two regions works in one when it can', () => {
  const threads = [
    {
      ...thread('a b'),
      operations: [
        { name: 'a', args: [1], choices: [] },
        { name: 'a', args: [6], choices: [] },
      ],
    },
  ];
  const c = withWorld([[region(), region()]], threads);
  const best = after(joinRegions, c, (d) => d.threads[0].operations.length === 2, { a: ['addr'] });
  expect(best.world.mms[0].map((r) => r.vma)).toEqual(['anon', 'none']);
  expect(best.threads[0].operations.map((o) => o.args[0])).toEqual([1, 2]);
});

test('an address space that does not matter is dropped and its addresses with it', () => {
  const c = withWorld(
    [
      [region({ writable: false, pages: ['shared', 'none', 'none', 'none'] }), NO_REGION],
      [region({ pages: ['shared', 'none', 'none', 'none'] }), NO_REGION],
    ],
    [{ kind: 'cpu', mm: 1, operations: [{ name: 'a', args: [9, 1], choices: [] }] }],
  );
  const best = after(dropMms, c, (d) => d.world.mms.some((m) => m[0].writable), { a: ['addr', 'mm'] });
  expect(best.world.mms).toEqual([[region({ pages: ['page', 'none', 'none', 'none'] }), NO_REGION]]);
  expect(best.threads).toEqual([
    { kind: 'cpu', mm: 0, operations: [{ name: 'a', args: [1, 0], choices: [] }] },
  ]);
});

test('what needs another address space goes with it', () => {
  const operations = [
    { name: 'x', args: [], choices: [] },
    { name: 'y', args: [1], choices: [] },
  ];
  const empty = [NO_REGION, NO_REGION];
  const c = withWorld([empty, empty], [{ kind: 'cpu', mm: 0, operations }]);
  expect(namesOf(after(dropMms, c, all('x'), { y: ['other-mm'] }))).toEqual(['x']);
});

test('two of four regions are enough for what works in two', () => {
  const c = withWorld(
    [[NO_REGION, region(), NO_REGION, region({ vma: 'hugetlb-private' })]],
    [{ kind: 'cpu', mm: 0, operations: [{ name: 'a', args: [13, 3], choices: [] }] }],
  );
  const holds: Holds = (d) => d.world.mms[0].some((r) => r.vma === 'hugetlb-private');
  const best = after(dropPuds, c, holds, { a: ['addr', 'count'] });
  expect(best.world.mms[0].length).toBe(2);
  const { args } = best.threads[0].operations[0];
  expect(best.world.mms[0][Math.floor(args[0] / 4)].vma).toBe('hugetlb-private');
  expect(args[0] + args[1]).toBeLessThanOrEqual(8);
});

test('a file that nothing needs is dropped and the others move up', () => {
  const mapped = region({ vma: 'file-shared', file: 2 });
  const c: Case = {
    ...one({ args: [9] }),
    world: {
      mms: [[region({ vma: 'file-shared', file: 0 }), mapped]],
      files: ['page-cache', 'dax', 'page-cache'],
      frames: 16,
      swapSlots: 0,
    },
  };
  const holds: Holds = (d) => d.world.mms[0][1].vma === 'file-shared';
  const best = after(dropFiles, c, holds, { a: ['file'] });
  expect(best.world.files).toEqual(['page-cache']);
  expect(best.world.mms[0]).toEqual([NO_REGION, region({ vma: 'file-shared', file: 0 })]);
  expect(best.threads[0].operations[0].args).toEqual([1]);
});

test('arguments become as small as they can', () => {
  const c = withWorld(
    [[region(), region()]],
    [{ kind: 'cpu', mm: 0, operations: [{ name: 'a', args: [5, 3, 1, 1, 4], choices: [] }] }],
  );
  const holds: Holds = (d) => d.threads[0].operations[0].args[1] >= 2;
  const best = after(lowerArgs, c, holds, { a: ['addr', 'count', 'word', 'prot', 'pmd'] });
  expect(best.threads[0].operations[0].args).toEqual([0, 2, 0, 0, 0]);
});

test('equal addresses move down together, with what the page holds', () => {
  const call = { name: 'a', args: [3], choices: [] };
  const c = withWorld(
    [[region({ pages: ['none', 'none', 'none', 'zero'] }), NO_REGION]],
    [
      { kind: 'cpu', mm: 0, operations: [call] },
      { kind: 'device', mm: 0, operations: [call] },
    ],
  );
  const holds: Holds = (d) => {
    const [x, y] = d.threads.map((t) => t.operations[0].args[0]);
    return x === y && d.world.mms[0][0].pages[x] === 'zero';
  };
  const best = after(lowerArgs, c, holds, { a: ['addr'] });
  expect(best.threads.map((t) => t.operations[0].args[0])).toEqual([0, 0]);
  expect(best.world.mms[0][0].pages).toEqual(['zero', 'none', 'none', 'none']);
});

test('a range shrinks around a page that moves to its start', () => {
  const c = withWorld(
    [[region({ pages: ['none', 'none', 'none', 'page'] }), NO_REGION]],
    [{ kind: 'cpu', mm: 0, operations: [{ name: 'a', args: [0, 4], choices: [] }] }],
  );
  const holds: Holds = (d) => {
    const [from, count] = d.threads[0].operations[0].args;
    return d.world.mms[0][0].pages.slice(from, from + count).includes('page');
  };
  const best = after(lowerArgs, c, holds, { a: ['addr', 'count'] });
  expect(best.threads[0].operations[0].args).toEqual([0, 1]);
});

test('a smaller program that needs another schedule is found', () => {
  const c = caseOf([thread('k a'), thread('x', 'device')], { schedule: scheduleOf('0:0 1:0/2 0:1') });
  // without k, x must not begin before a
  const holds: Holds = (d, ran) =>
    calls(d).includes('k') ? all('a', 'x')(d, ran) : ranInOrder(ran, ['a.2', 'x.1', 'a.3']);
  expect(namesOf(after(dropOperations, c, holds))).toEqual(['k a', 'x']);
  expect(namesOf(after(dropOperationsElsewhere, c, holds))).toEqual(['a', 'x']);
});

test('a pair that only goes together goes', () => {
  const c = caseOf([thread('l a u x')]);
  const holds: Holds = (d) => all('x')(d, []) && calls(d).includes('l') === calls(d).includes('u');
  const best = after(dropPairsElsewhere, c, holds);
  expect(calls(best)).not.toContain('l');
  expect(calls(best)).toContain('x');
});

test('a schedule of fewer segments is found', () => {
  const schedule = scheduleOf('0:0/2 1:0/2 0:0/3 1:0/3 0:0 1:0');
  const c = caseOf([thread('a'), thread('x')], { schedule });
  const holds: Holds = (_, ran) => ranInOrder(ran, ['a.1', 'x.2', 'a.3']);
  expect(after(fewerSwitches, c, holds).schedule.length).toBeLessThanOrEqual(3);
});
