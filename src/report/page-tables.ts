import { PMDS_PER_PUD, PTES_PER_PMD } from '../machine/geometry.js';
import { MM, TABLE, type Layout } from '../machine/layout.js';
import { frameOf, isPresent, KIND_TABLE, kindOf } from '../kernel/entry.js';

/** What a page-table page maps. */
export interface Mapped {
  readonly level: 'pmd' | 'pte';
  /** First address. */
  readonly addr: number;
  /** Base pages that one entry of it maps. */
  readonly step: number;
}

/**
 * Which addresses each page-table page maps, so that an entry can be named by its address. A page that was unlinked
 * keeps the name that it had.
 */
export class PageTables {
  private readonly mapped = new Map<number, Mapped>();

  constructor(private readonly layout: Layout) {}

  at(table: number): Mapped | undefined {
    return this.mapped.get(table);
  }

  /** Looks at the words anew. */
  look(words: Int32Array): void {
    const { geometry, pages } = this.layout;
    for (let mm = 0; mm < geometry.mms; mm++) {
      for (let pud = 0; pud < geometry.puds; pud++) {
        const table = words[this.layout.mmAt(mm) + MM.PUD + pud] - 1;
        if (table >= 0) this.pmds(words, table, mm * pages + pud * PMDS_PER_PUD * PTES_PER_PMD);
      }
    }
  }

  private pmds(words: Int32Array, table: number, first: number): void {
    this.mapped.set(table, { level: 'pmd', addr: first, step: PTES_PER_PMD });
    for (let i = 0; i < PMDS_PER_PUD; i++) {
      const entry = words[this.layout.tableAt(table) + TABLE.ENTRY + i];
      if (isPresent(entry) || kindOf(entry) !== KIND_TABLE) continue;
      this.mapped.set(frameOf(entry), { level: 'pte', addr: first + i * PTES_PER_PMD, step: 1 });
    }
  }
}
