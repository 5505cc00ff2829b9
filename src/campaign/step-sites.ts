import { placed } from '../program/locate.js';
import { operationsIn } from '../program/operations-in.js';
import type { Callable } from '../program/callable.js';

/** A step at the end of a path; `+` and a number follow where an edit put it in. */
const LAST = /(\S+:\d+)(?:\+\d*)? (?:goto )?\S+$/;

/** A step without the calls around it: `wp_page_copy:9 ptep_clear_flush_notify.notify`. */
export function innermost(path: string): string {
  return LAST.exec(path)?.[0] ?? path;
}

/** The site of a step by the end of its path: `wp_page_copy:9 ptep_clear_flush_notify.notify`. */
export class StepSites {
  /** By `operation:number`. */
  private readonly sites = new Map<string, string>();
  private readonly byPath = new Map<string, string>();

  constructor(callables: readonly Callable[]) {
    for (const operation of operationsIn(callables.map((c) => c.operation))) {
      for (const { number, branch } of placed(operation))
        this.sites.set(
          `${operation.name}:${number}`,
          branch === '' ? operation.name : `${operation.name}/${branch}`,
        );
    }
  }

  /** Asked again and again for the same paths, by every live status. */
  siteOf(path: string): string {
    const known = this.byPath.get(path) ?? this.find(path);
    this.byPath.set(path, known);
    return known;
  }

  private find(path: string): string {
    const step = LAST.exec(path)?.[1] ?? path;
    return this.sites.get(step) ?? step.replace(/:\d+$/, '');
  }

  /** How many sites these steps belong to. */
  count(paths: Iterable<string>): number {
    return new Set([...paths].map((path) => this.siteOf(path))).size;
  }
}
