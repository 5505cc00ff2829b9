import type { ArgKind } from '../program/callable.js';
import type { Case } from '../scenario/case.js';
import { mapCalls } from './operations.js';

/** Pages of a PMD region. */
export const REGION_PAGES = 4;

/** Kinds of the arguments of an operation, by its name; empty for one that is not known. */
export type ArgKinds = (operation: string) => readonly ArgKind[];

/** Pages of each mm of the case. */
export function pagesOf(c: Case): number {
  return (c.world.mms[0]?.length ?? 0) * REGION_PAGES;
}

export function isAddress(kind: ArgKind | undefined): boolean {
  return kind === 'addr' || kind === 'any-addr' || kind === 'pmd' || kind === 'own-pmd';
}

/** How the numbers of a case change when its world does. What is left out stays. */
export interface Renaming {
  readonly address?: (addr: number) => number;
  readonly mm?: (mm: number) => number;
  readonly filePage?: (page: number) => number;
}

/** The case with every argument, and every thread's mm, renamed. Counts that then leave the mm are cut. */
export function renamed(c: Case, kinds: ArgKinds, how: Renaming, pagesAfter = pagesOf(c)): Case {
  const threads = c.threads.map((t) => ({ ...t, mm: how.mm?.(t.mm) ?? t.mm }));
  return mapCalls({ ...c, threads }, (call) => {
    const args: number[] = [];
    kinds(call.name).forEach((kind, i) => {
      const value = call.args[i] ?? 0;
      if (isAddress(kind)) args.push(how.address?.(value) ?? value);
      else if (kind === 'mm' || kind === 'other-mm') args.push(how.mm?.(value) ?? value);
      else if (kind === 'file') args.push(how.filePage?.(value) ?? value);
      else if (kind === 'file-count')
        args.push(Math.min(value, REGION_PAGES - ((args[i - 1] ?? 0) % REGION_PAGES)));
      else if (kind === 'count') args.push(Math.min(value, pagesAfter - ((args[i - 1] ?? 0) % pagesAfter)));
      else args.push(value);
    });
    return { ...call, args: args.length === 0 ? call.args : args };
  });
}
