import { PTES_PER_PMD } from '../machine/geometry.js';
import type { ArgKind } from '../program/callable.js';

/**
 * Arguments as numbers that shrink towards the simplest value and keep their meaning while the world shrinks: an address
 * in the caller's own mm is a page number in it, a PMD region counts in regions.
 */

/** A world of `pages` pages an mm, and which of its mms, PUD regions and files are kept, by number. */
export interface Address {
  readonly pages: number;
  readonly mms: readonly number[];
  readonly puds: readonly number[];
  readonly files: readonly number[];
}

const PUD_PAGES = 2 * PTES_PER_PMD;

export function smallest(kind: ArgKind): number {
  return kind === 'count' || kind === 'file-count' ? 1 : 0;
}

export function encode(kind: ArgKind, value: number, pages: number): number {
  switch (kind) {
    case 'addr':
      return value % pages;
    case 'own-pmd':
      return (value % pages) / PTES_PER_PMD;
    case 'pmd':
      return value / PTES_PER_PMD;
    case 'other-mm':
      return 0;
    case 'any-addr':
    case 'count':
    case 'word':
    case 'prot':
    case 'file':
    case 'file-count':
    case 'mm':
    case 'device':
      return value;
  }
}

/** The argument in the smaller world of a thread that ran in `mm`; -1 if what it names is gone. */
export function decode(kind: ArgKind, value: number, mm: number, kept: Address): number {
  switch (kind) {
    case 'addr':
      return moved(mm * kept.pages + value, kept);
    case 'own-pmd':
      return moved(mm * kept.pages + value * PTES_PER_PMD, kept);
    case 'pmd':
      return moved(value * PTES_PER_PMD, kept);
    case 'any-addr':
      return moved(value, kept);
    case 'mm':
      return kept.mms.indexOf(value);
    case 'other-mm':
      return kept.mms.findIndex((other) => other !== mm);
    case 'file': {
      const file = kept.files.indexOf(Math.floor(value / PTES_PER_PMD));
      return file < 0 ? -1 : file * PTES_PER_PMD + (value % PTES_PER_PMD);
    }
    case 'count':
    case 'file-count':
    case 'word':
    case 'prot':
    case 'device':
      return value;
  }
}

function moved(addr: number, kept: Address): number {
  const mm = kept.mms.indexOf(Math.floor(addr / kept.pages));
  const page = addr % kept.pages;
  const pud = kept.puds.indexOf(Math.floor(page / PUD_PAGES));
  if (mm < 0 || pud < 0) return -1;
  return (mm * kept.puds.length + pud) * PUD_PAGES + (page % PUD_PAGES);
}
