import { FRAME, OBJECT, VPAGE } from '../machine/layout.js';
import { NOT_COMPARED, type Machine } from '../machine/machine.js';
import type { Observer } from '../machine/observer.js';
import { bitOf } from '../machine/values.js';
import { frameOf, isPresent, KIND_DEVICE_PRIVATE, KIND_SWAP, kindOf } from '../kernel/entry.js';
import { frameFor } from '../kernel/walk.js';
import { addToAfter, setAfter } from './after.js';
import { isLost } from './backing.js';
import { Blame } from './blame.js';
import { drop, install, leave, migrate, noteDrop, rename, rewrite, swapIn } from './homes.js';
import { endExcuse, endExcusesBefore, excuse, isExcused } from './excuses.js';
import type { Judge } from './judge.js';
import { Marks } from './marks.js';
import { Overlap } from './overlap.js';
import { poisonFile } from './objects.js';
import { askOfPin, attachPin, excuseSyncs, loadPinned, makeSure, storePinned } from './pins.js';
import { noLooks, type Oracle } from './oracle.js';
import { loses } from './rights.js';
import { unprotect } from './tracking.js';
import { excuseRefusal, isUnsettled, isUnsettledRead } from './unsettled.js';
import type { Verdict, Violation } from './verdict.js';
import { allowedByWindows, closeWindow, discarding, freeSwapped, noteWrite, openWindow } from './windows.js';

/**
 * The specification machine that runs beside the kernel: memory objects with their cells, what operations in flight
 * excuse, what they promise. It keeps its state in the words (equal situations are equal words) and asks the oracles
 * at each event. Contract: ARCHITECTURE.md, "What must hold".
 */
export class LogicalMemory implements Observer<Machine>, Judge {
  violation: Violation | undefined;
  /** Stale translations of equal bytes, pinned until exit. */
  latent = 0;
  /** Since the run loop last cleared them: an entry lost something; somebody caches what it lost. They decide nothing. */
  tookAway = false;
  leftBehind = false;
  /** Number of the step that runs, kept by the run loop. */
  step = 0;
  m!: Machine;
  /** Set to note every access that takes effect, in order. */
  log: ((t: number, kind: 'read' | 'write', object: number, word: number, value: number) => void) | undefined;
  /** Set to hear of every change that takes something away from an entry. */
  onChange: ((t: number) => void) | undefined;
  /** Set to hear of every return of a program operation. */
  onReturn: ((t: number) => void) | undefined;
  /** The first of them, in the form of a violation. */
  latentAt: Violation | undefined;
  readonly blame = new Blame();
  readonly overlap = new Overlap();
  readonly marks = new Marks();
  /** How often each hook was asked, over many runs. */
  readonly looks = noLooks();

  private readonly onLoaded: readonly Oracle[];
  private readonly onStoring: readonly Oracle[];
  private readonly onSettled: readonly Oracle[];
  private readonly onChanged: readonly Oracle[];

  constructor(readonly oracles: readonly Oracle[]) {
    this.onLoaded = oracles.filter((o) => o.loaded !== undefined);
    this.onStoring = oracles.filter((o) => o.storing !== undefined);
    this.onSettled = oracles.filter((o) => o.settled !== undefined);
    this.onChanged = oracles.filter((o) => o.changed !== undefined);
  }

  /** A new run on `m` begins. */
  begin(m: Machine): void {
    this.m = m;
    this.violation = undefined;
    this.latent = 0;
    this.latentAt = undefined;
    this.tookAway = this.leftBehind = false;
    this.step = 0;
    this.blame.begin(m);
    this.overlap.begin(m);
    this.marks.begin(m);
  }

  /** Reports the first violation of the run; later ones are ignored. */
  fail(kind: Verdict, t: number, addr: number, text: string, blamed?: { site: string; step: number }): void {
    if (this.violation !== undefined) return;
    this.violation = this.describe(kind, t, addr, text, blamed);
  }

  /** A stale translation that can do no harm: counted. */
  noteLatent(t: number, addr: number, text: string): void {
    this.latent++;
    this.latentAt ??= this.describe('stale-entry', t, addr, text);
  }

  private describe(
    kind: Verdict,
    t: number,
    addr: number,
    text: string,
    blamed?: { site: string; step: number },
  ): Violation {
    const why = blamed ?? this.blame.of(this.m, t, addr);
    return {
      kind,
      site: why.site,
      agent: t >= this.m.layout.geometry.cpus ? 'device' : 'cpu',
      thread: t,
      addr,
      step: this.step,
      text,
      opened: why.step,
    };
  }

  /** The object that `addr` names, -1 when it names none. */
  objectAt(addr: number): number {
    return this.m.words[this.m.layout.vpage(addr) + VPAGE.OBJECT] - 1;
  }

  cell(object: number, word: number): number {
    return this.m.words[this.m.layout.objectAt(object) + OBJECT.CELL + word];
  }

  home(object: number): number {
    return this.m.words[this.m.layout.objectAt(object) + OBJECT.HOME] - 1;
  }

  excused(addr: number, write: boolean): boolean {
    return isExcused(this.m, addr, write);
  }

  /** A discard in flight lets the contents of the object be lost. */
  discarding(object: number): boolean {
    return discarding(this.m, object);
  }

  /** True when an open window lets a read of the cell give `value`. */
  allowed(object: number, addr: number, word: number, value: number): boolean {
    return allowedByWindows(this.m, object, addr, word, value);
  }

  // --- events -------------------------------------------------------------------------------------------------

  called(): void {
    // Windows open where the operation says so.
  }

  returned(m: Machine, t: number): void {
    this.onReturn?.(t);
    for (const o of this.oracles) o.returned?.(this, t);
    this.looks.returned++;
    excuseRefusal(m, t);
    closeWindow(this, t);
    this.overlap.left(t);
    const L = m.layout;
    const w = m.words;
    const total = L.geometry.mms * L.pages;
    const bit = 1 << t;
    for (let addr = 0; addr < total; addr++) {
      const at = L.vpage(addr);
      const busy = w[at + VPAGE.BUSY];
      if ((busy & bit) === 0) continue;
      w[at + VPAGE.BUSY] = busy & ~bit;
      endExcuse(this.m, addr, t);
      if (busy === bit) this.settle(t, addr);
    }
  }

  /** Everybody returned: every page is judged, and a fresh reader looks at all of them. */
  end(): void {
    const L = this.m.layout;
    const total = L.geometry.mms * L.pages;
    for (let addr = 0; addr < total; addr++) this.settle(-1, addr);
    for (const o of this.oracles) o.ended?.(this);
    this.looks.ended++;
  }

  private settle(t: number, addr: number): void {
    for (const o of this.onSettled) o.settled!(this, t, addr);
    this.looks.settled++;
  }

  loaded(_m: Machine, t: number, addr: number, word: number, value: number, entry: number): void {
    if (this.log !== undefined) this.log(t, 'read', this.objectAt(addr), word, value);
    for (const o of this.onLoaded) o.loaded!(this, t, addr, word, value, entry);
    this.looks.loaded++;
    const object = this.objectAt(addr);
    if (isUnsettledRead(this.m, object, addr, word, entry)) this.m.returns(t, NOT_COMPARED);
  }

  storing(_m: Machine, t: number, addr: number, word: number, value: number, entry: number): void {
    if (this.log !== undefined) this.log(t, 'write', this.objectAt(addr), word, value);
    for (const o of this.onStoring) o.storing!(this, t, addr, word, value, entry);
    this.looks.storing++;
  }

  stored(m: Machine, t: number, addr: number, word: number, value: number, entry: number): void {
    const object = this.objectAt(addr);
    if (isUnsettled(m, object, addr, entry)) m.returns(t, NOT_COMPARED);
    if (object < 0 || isLost(m, object, frameFor(entry, addr))) return;
    m.words[m.layout.objectAt(object) + OBJECT.CELL + word] = value;
    noteWrite(m, object, word, bitOf(value));
    makeSure(m, object, word);
  }

  readonly pinned = attachPin;
  readonly pinStored = storePinned;
  readonly pinCleaned = excuseSyncs;

  pinLoaded(_m: Machine, t: number, word: number, value: number): void {
    loadPinned(this, t, word, value);
  }

  pinStoring(_m: Machine, t: number, word: number, value: number): void {
    askOfPin(this, t, word, value);
  }

  walkedFreed(_m: Machine, t: number, addr: number, write: boolean): void {
    for (const o of this.oracles) o.walkedFreed?.(this, t, addr, write);
  }

  entryLooked(m: Machine, t: number, addr: number): void {
    setAfter(m, addr, t, 0);
    this.overlap.touched(t, addr);
  }

  entryChanged(m: Machine, t: number, addr: number, before: number, after: number): void {
    if (loses(before, after)) {
      const at = m.layout.vpage(addr);
      excuse(m, addr, t);
      m.words[at + VPAGE.BUSY] |= 1 << t;
      this.onChange?.(t);
      for (const o of this.onChanged) o.changed!(this, t, addr, before, after);
      this.looks.changed++;
      addToAfter(m, addr, t);
      this.tookAway = true;
      if (this.blame.changed(m, t, addr, before, after, this.step)) this.leftBehind = true;
    }
    // whoever takes a page out of device memory leaves none for a moment
    if (after === 0 && kindOf(before) === KIND_DEVICE_PRIVATE) addToAfter(m, addr, t);
    if (isPresent(after) && (!isPresent(before) || frameFor(before, addr) !== frameFor(after, addr)))
      install(this, m, t, addr, before, frameFor(after, addr));
    else if (before === 0 && kindOf(after) === KIND_DEVICE_PRIVATE)
      install(this, m, t, addr, before, frameOf(after));
    else if (before !== 0 && isPresent(before) && !isPresent(after)) noteDrop(m, t, addr, before);
    else if (after === 0 && kindOf(before) === KIND_SWAP) {
      freeSwapped(m, t, this.objectAt(addr));
      unprotect(m, addr, 1); // nothing is there any more
    }
  }

  promised(m: Machine, t: number, addr: number, writesAlone: boolean): void {
    endExcusesBefore(m, addr, t, writesAlone);
  }

  opened(m: Machine, t: number, kind: number, start: number, count: number, other: number): void {
    openWindow(m, t, kind, start, count, other);
  }

  closed(_m: Machine, t: number): void {
    closeWindow(this, t);
  }

  freeing(m: Machine, t: number, frame: number): void {
    leave(this, m, t, frame);
  }

  dropped(m: Machine, t: number, addr: number): void {
    drop(m, t, addr);
  }

  poisoned(m: Machine, _t: number, frame: number): void {
    poisonFile(m, m.words[m.layout.frameAt(frame) + FRAME.INDEX]);
  }

  migrated(m: Machine, t: number, from: number, to: number): void {
    migrate(this, m, t, from, to);
  }

  swappedIn(m: Machine, t: number, addr: number, frame: number): void {
    swapIn(this, m, t, addr, frame);
  }

  rewrote(m: Machine, _t: number, addr: number, frame: number): void {
    rewrite(m, addr, frame);
  }

  moved(m: Machine, _t: number, from: number, to: number, done: boolean): void {
    rename(m, from, to, done);
  }

  misused(_m: Machine, t: number, what: string, rule = '', other = -1): void {
    for (const o of this.oracles) o.misused?.(this, t, what, rule, other);
  }

  marked(m: Machine, t: number, what: number): void {
    this.marks.note(m, t, what, this.step);
  }

  invalidated(_m: Machine, t: number, start: number, count: number): void {
    for (const o of this.oracles) o.invalidated?.(this, t, start, count);
  }
}
