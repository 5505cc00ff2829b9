import { PAGE_WORDS } from '../machine/geometry.js';
import { describeValue } from '../machine/values.js';
import type { Access, Ordering, Relation } from '../run/ordering.js';
import type { Case } from '../scenario/case.js';
import { addressText, agentName, cpusOf, pagesOf } from './names.js';

const RELATIONS: Readonly<Record<Relation, string>> = {
  po: 'is before it in the program of the same thread',
  rf: 'is the write that it reads from',
  co: 'is an older write of the same word',
  fr: 'reads what it overwrites',
};

/** Whether a sequentially consistent order gives these values; the cycle that rules it out, an edge a line. */
export function orderingLines(ordering: Ordering, c: Case): readonly string[] {
  if (ordering.cycle.length === 0)
    return ['Some sequentially consistent order of the accesses gives these values: there is no cycle.'];
  const { accesses } = ordering;
  return [
    'No sequentially consistent order of the accesses gives these values; each of these must come before the next:',
    '',
    ...ordering.cycle.map(({ from, to, relation }) => {
      const [a, b] = [accessText(accesses[from], c), accessText(accesses[to], c)];
      return `- ${a}, which ${RELATIONS[relation]}: ${b} (${relation})`;
    }),
  ];
}

/** `dev0 reads w1 at mm0:3 word 0`. */
function accessText(a: Access, c: Case): string {
  const object = Math.floor(a.location / PAGE_WORDS);
  const privatePages = c.world.mms.length * pagesOf(c);
  const page = object < privatePages ? addressText(object, pagesOf(c)) : `file page ${object - privatePages}`;
  const what = `${a.kind}s ${describeValue(a.value)} at ${page} word ${a.location % PAGE_WORDS}`;
  return `${agentName(a.thread, cpusOf(c))} ${what}`;
}
