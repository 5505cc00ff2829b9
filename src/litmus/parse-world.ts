import { PTES_PER_PMD } from '../machine/geometry.js';
import type { Case, FileKind, PageState, Region, VmaKind, World } from '../scenario/case.js';
import { readJson, shortened, splitExtras } from './extras.js';
import { splitOutsideQuotes, type Piece, type Source } from './source.js';

/** What the block of initial values says, and on which line each field stands (`world.frames`). */
export interface Start {
  readonly world: World;
  readonly hardware: Case['hardware'];
  /** Fields of the case that have no words. */
  readonly extras: Readonly<Record<string, unknown>>;
  readonly lines: ReadonlyMap<string, number>;
}

const MAPS: readonly string[] = ['huge', 'huge-zero', 'huge-shared', 'pmd-shared'] satisfies Region['map'][];

/** Reads `mm0:0-3 anon rw: page none none none; frames = 24; …`. Throws BadInput with the line. */
export function parseWorld(block: Piece, source: Source): Start {
  const reader = new WorldReader(source);
  for (const statement of splitOutsideQuotes(block, ';')) if (statement.text !== '') reader.read(statement);
  return reader.done(block.line);
}

class WorldReader {
  private readonly mms: Region[][] = [];
  private readonly files: FileKind[] = [];
  private readonly numbers: Record<string, number> = {};
  private readonly hardware: Record<string, string> = {};
  private readonly extras: Record<'world' | 'case', Record<string, unknown>> = { world: {}, case: {} };
  private readonly lines = new Map<string, number>();

  constructor(private readonly source: Source) {}

  read(piece: Piece): void {
    const { text, line } = piece;
    if (/^mm\d/.test(text)) return this.region(piece);
    const extra = /^(world|case)\s+("(?:[^"\\]|\\.)*")\s*=\s*([\s\S]+)$/.exec(text);
    if (extra !== null) return this.extra(extra[1] as 'world' | 'case', extra[2], extra[3], line);
    const [, key = '', value = ''] = /^(\w+|hardware\s+[\w-]+)\s*=\s*([\w-]+)$/.exec(text) ?? [];
    const [, file] = /^file(\d+)$/.exec(key) ?? [];
    const [, quirk] = /^hardware\s+([\w-]+)$/.exec(key) ?? [];
    if (file !== undefined) this.file(Number(file), value, line);
    else if (quirk !== undefined) this.note(this.hardware, quirk, value, `hardware.${quirk}`, line);
    else if (key === 'frames' || key === 'swap')
      this.note(
        this.numbers,
        key,
        this.number(value, line),
        `world.${key === 'swap' ? 'swapSlots' : key}`,
        line,
      );
    else
      this.source.refuse(
        line,
        `"${shortened(text)}" says nothing of the initial world; expected a region as in mm0:0-3 anon rw: page none none none, frames = N, swap = N, file0 = KIND, or hardware SWITCH = VALUE.`,
      );
  }

  done(line: number): Start {
    const { frames, swap } = this.numbers;
    if (this.mms.length === 0)
      this.source.refuse(line, 'the initial world has no region; expected mm0:0-3 and on.');
    if (frames === undefined) this.source.refuse(line, 'the initial world lacks frames = N.');
    if (swap === undefined) this.source.refuse(line, 'the initial world lacks swap = N.');
    const world = { mms: this.mms, files: this.files, frames, swapSlots: swap, ...this.extras.world };
    return { world, hardware: this.hardware, extras: this.extras.case, lines: this.lines };
  }

  private region(piece: Piece): void {
    const { line } = piece;
    const { text, extras } = splitExtras(piece, this.source);
    const [, mm = '', first = '', last = '', vma = '', of, rest = ''] =
      /^mm(\d+):(\d+)-(\d+)\s+([\w-]+)(?:\s+of\s+file(\d+))?([\s\S]*)$/.exec(text) ?? [];
    const [, words, mapped] = /^([^:]*)(?::([\s\S]*))?$/.exec(rest) ?? [];
    const regions = this.regionsOf(Number(mm), line);
    const from = regions.length * PTES_PER_PMD;
    if (vma === '' || Number(first) !== from || Number(last) !== from + PTES_PER_PMD - 1)
      this.source.refuse(
        line,
        `"${shortened(text)}" is not the next region; expected mm${this.mms.length - 1}:${from}-${from + PTES_PER_PMD - 1} and its kind.`,
      );
    const rights = (words ?? '')
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '');
    const odd = rights.find((word) => !['rw', 'ro', 'mergeable'].includes(word));
    if (odd !== undefined)
      this.source.refuse(line, `"${odd}" is no property of a region; expected rw, ro or mergeable.`);
    if (vma !== 'none' && mapped === undefined)
      this.source.refuse(
        line,
        `the region does not say what is mapped; expected ": page none none none" or ": huge".`,
      );
    this.lines.set(`world.mms[${mm}][${regions.length}]`, line);
    regions.push({
      vma: vma as VmaKind,
      writable: rights.includes('rw'),
      mergeable: rights.includes('mergeable'),
      file: Number(of ?? 0),
      ...mappedAs(mapped),
      ...extras,
    });
  }

  /** Regions are written mm by mm. */
  private regionsOf(mm: number, line: number): Region[] {
    if (mm === this.mms.length) this.mms.push([]);
    if (mm !== this.mms.length - 1)
      this.source.refuse(
        line,
        `a region of mm${mm} stands behind mm${this.mms.length - 1}; expected mm by mm.`,
      );
    return this.mms[mm];
  }

  private file(number: number, kind: string, line: number): void {
    if (number !== this.files.length)
      this.source.refuse(line, `file${number} is not the next file; expected file${this.files.length}.`);
    this.lines.set(`world.files[${number}]`, line);
    this.files.push(kind as FileKind);
  }

  private extra(of: 'world' | 'case', key: string, json: string, line: number): void {
    const name = readJson(key, line, this.source) as string;
    this.note(this.extras[of], name, readJson(json, line, this.source), `${of}.${name}`, line);
  }

  private number(text: string, line: number): number {
    return /^\d{1,9}$/.test(text) ? Number(text) : this.source.refuse(line, `"${text}" is no number.`);
  }

  private note<T>(into: Record<string, T>, key: string, value: T, field: string, line: number): void {
    if (Object.hasOwn(into, key)) this.source.refuse(line, `${key} was said before.`);
    // also of a name like __proto__, which then is refused as unknown
    Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
    this.lines.set(field, line);
  }
}

function mappedAs(mapped: string | undefined): Pick<Region, 'map' | 'pages'> {
  const none = Array.from({ length: PTES_PER_PMD }, () => 'none' as const);
  const words = (mapped ?? '').trim().split(/\s+/);
  if (mapped === undefined) return { map: 'pages', pages: none };
  if (words.length === 1 && MAPS.includes(words[0])) return { map: words[0] as Region['map'], pages: none };
  return { map: 'pages', pages: words as PageState[] };
}
