/**
 * Are the values that a run's accesses saw possible in any sequentially consistent order? If not, which cycle of
 * program order, reads-from, coherence and from-reads shows it. After J. Alglave, L. Maranget and M. Tautschnig,
 * "Herding cats", TOPLAS 2014, section 4: an execution is sequentially consistent iff po ∪ rf ∪ co ∪ fr is acyclic.
 * Coherence is the order in which the writes took effect in the run.
 */

/** One access that took effect, in the order of the run. */
export interface Access {
  readonly thread: number;
  /** Index of its operation in the thread's program. */
  readonly operation: number;
  readonly kind: 'read' | 'write';
  /** What it names: a memory object and a word of it, in one number. */
  readonly location: number;
  readonly value: number;
}

export type Relation = 'po' | 'rf' | 'co' | 'fr';

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly relation: Relation;
}

/** `cycle` is empty when a sequentially consistent order exists; edges index `accesses`. */
export interface Ordering {
  readonly accesses: readonly Access[];
  readonly cycle: readonly Edge[];
}

/** Finds a shortest cycle, if there is one. */
export function orderingOf(accesses: readonly Access[]): Ordering {
  const edges = edgesOf(accesses);
  let best: readonly Edge[] = [];
  for (let start = 0; start < accesses.length; start++) {
    const cycle = shortestCycle(start, edges, accesses.length);
    if (cycle.length > 0 && (best.length === 0 || cycle.length < best.length)) best = cycle;
  }
  return { accesses, cycle: best };
}

function edgesOf(accesses: readonly Access[]): readonly Edge[][] {
  const out: Edge[][] = accesses.map(() => []);
  const add = (from: number, to: number, relation: Relation): void =>
    void out[from].push({ from, to, relation });
  const lastOf = new Map<number, number>();
  accesses.forEach((a, i) => {
    const before = lastOf.get(a.thread);
    if (before !== undefined) add(before, i, 'po');
    lastOf.set(a.thread, i);
  });
  for (const location of new Set(accesses.map((a) => a.location))) {
    const here = accesses.map((_, i) => i).filter((i) => accesses[i].location === location);
    const writes = here.filter((i) => accesses[i].kind === 'write');
    writes.forEach((w, k) => k > 0 && add(writes[k - 1], w, 'co'));
    for (const r of here.filter((i) => accesses[i].kind === 'read')) {
      const source = writes.findIndex((w) => accesses[w].value === accesses[r].value);
      if (source >= 0) add(writes[source], r, 'rf');
      const next = writes[source + 1]; // a value that no write left is the initial one, older than every write
      if (next !== undefined) add(r, next, 'fr');
    }
  }
  return out;
}

function shortestCycle(start: number, edges: readonly Edge[][], size: number): readonly Edge[] {
  const by: (Edge | undefined)[] = new Array<Edge | undefined>(size).fill(undefined);
  const queue = [start];
  for (let i = 0; i < queue.length; i++) {
    for (const e of edges[queue[i]]) {
      if (e.to === start) return path(start, e, by);
      if (by[e.to] !== undefined) continue;
      by[e.to] = e;
      queue.push(e.to);
    }
  }
  return [];
}

function path(start: number, last: Edge, by: readonly (Edge | undefined)[]): readonly Edge[] {
  const out = [last];
  for (let at = last.from; at !== start;) {
    const e = by[at]!;
    out.unshift(e);
    at = e.from;
  }
  return out;
}
