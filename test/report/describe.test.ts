import { expect, test } from '@jest/globals';

import {
  FRAME_SHIFT,
  KIND_HWPOISON,
  KIND_MIGRATION,
  KIND_SWAP,
  PTE,
  tableEntry,
} from '../../src/kernel/entry.js';
import { PG } from '../../src/kernel/page.js';
import { VM, VMA_ANON } from '../../src/kernel/vma.js';
import { FRAME, Layout, MM, SWAP, TABLE, THREAD, VPAGE } from '../../src/machine/layout.js';
import { changeText, Describer } from '../../src/report/describe.js';
import { bitsText, entryText, pageFlagsText, vmaText } from '../../src/report/word-value.js';

const frame = (n: number, flags: number): number => (n << FRAME_SHIFT) | PTE.PRESENT | flags;

test.each([
  [0, 'none'],
  [frame(9, 0), 'frame 9 ro'],
  [frame(9, PTE.WRITE | PTE.DIRTY | PTE.SOFT_DIRTY), 'frame 9 rw dirty'],
  [frame(9, PTE.WRITE | PTE.DIRTY), 'frame 9 rw dirty not-soft-dirty'],
  [frame(9, PTE.SOFT_DIRTY), 'frame 9 ro soft-dirty'],
  [frame(12, PTE.HUGE | PTE.WRITE), 'huge frame 12 rw'],
  [frame(0, PTE.SPECIAL), 'zero page ro'],
  [frame(4, PTE.HUGE), 'huge zero page ro'],
  [frame(9, PTE.FREED | PTE.LATE), 'frame 9 ro late-dirty (freed since)'],
  [(2 << FRAME_SHIFT) | KIND_SWAP, 'swap 2'],
  [(9 << FRAME_SHIFT) | KIND_MIGRATION | PTE.WRITE, 'migration 9 write'],
  [(9 << FRAME_SHIFT) | KIND_HWPOISON, 'hwpoison 9'],
  [tableEntry(3), 'table 3'],
])('the entry %i reads as %s', (entry, text) => {
  expect(entryText(entry)).toBe(text);
});

test('vmas, page flags and sets read as words', () => {
  expect(vmaText(VMA_ANON | VM.READ | VM.WRITE)).toBe('anon rw');
  expect(vmaText(0)).toBe('none');
  expect(pageFlagsText(PG.ANON | PG.DIRTY)).toBe('anon dirty');
  expect(pageFlagsText(0)).toBe('no flags');
  expect(bitsText(0b1010)).toBe('1,3');
});

const layout = new Layout({ mms: 2, puds: 1, cpus: 2, devices: 1, frames: 8, filePages: 4, swapSlots: 2 }, 4);

/** mm1's PMD page is table 2, and its second PMD entry holds table 3. */
function start(): Int32Array {
  const words = new Int32Array(layout.size);
  words[layout.mmAt(1) + MM.PUD] = 3;
  words[layout.tableAt(2) + TABLE.ENTRY + 1] = tableEntry(3);
  words[layout.threadAt(2) + THREAD.MM] = 1;
  return words;
}

/** What a step says that writes the words. */
function said(...changes: readonly (readonly [number, number])[]): readonly string[] {
  const before = start();
  const step = {
    step: 0,
    thread: 0,
    operation: 0,
    path: '',
    hash: '',
    changes: changes.map(([word, after]) => ({ word, before: before[word], after })),
  };
  return new Describer(layout, before).next(step).map(changeText);
}

test('entries are named by the address that they map', () => {
  expect(said([layout.tableAt(3) + TABLE.ENTRY + 2, frame(9, 0)])).toEqual(['pte mm1:6 none -> frame 9 ro']);
  expect(said([layout.tableAt(2) + TABLE.ENTRY, frame(12, PTE.HUGE)])).toEqual([
    'pmd mm1:0 none -> huge frame 12 ro',
  ]);
  expect(said([layout.tableAt(2) + TABLE.ENTRY + 1, 0], [layout.tableAt(3) + TABLE.LOCK, 2])).toEqual([
    'pmd mm1:4 table 3 -> none',
    'ptl mm1:4-7 taken',
  ]);
});

test('translations are named by agent and address, huge ones by their first page', () => {
  expect(said([layout.tlbAt(2) + 3, frame(9, 0)])).toEqual(['tlb dev0 mm1:3 none -> frame 9 ro']);
  expect(said([layout.tlbAt(2) + layout.pages + 1, frame(12, PTE.HUGE)])).toEqual([
    'tlb dev0 mm1:4 none -> huge frame 12 ro',
  ]);
});

test('frames, swap slots, locks and vmas are named by what the kernel calls them', () => {
  expect(
    said(
      [layout.frameAt(9) + FRAME.REF, 2],
      [layout.frameAt(9) + FRAME.W + 1, 2],
      [layout.swapAt(1) + SWAP.CACHE, 10],
      [layout.mmAt(0) + MM.MMAP, 3],
      [layout.anonVma, -1],
      [layout.vpage(layout.pages + 3) + VPAGE.VMA, VMA_ANON | VM.READ],
    ),
  ).toEqual([
    'frame 9 refcount 0 -> 2',
    'frame 9 word 1 0 -> w1',
    'swap 1 swap cache none -> frame 9',
    'mm0 mmap_sem read by cpu0 and cpu1',
    'anon_vma lock written by cpu0',
    'vma mm1:3 none -> anon ro',
  ]);
});

test('a frame that is allocated says only that', () => {
  expect(said([layout.frameAt(9) + FRAME.KIND, 1], [layout.frameAt(9) + FRAME.REF, 1])).toEqual([
    'frame 9 allocated',
  ]);
});

test('the bookkeeping of the run is not spoken of', () => {
  expect(
    said(
      [layout.threadAt(0) + THREAD.PC, 7],
      [layout.threadAt(1) + THREAD.REGS, 7],
      [layout.objectAt(0), 7],
      [layout.window, 7],
      [layout.vpage(0) + VPAGE.EXCUSE, 7],
    ),
  ).toEqual([]);
});
