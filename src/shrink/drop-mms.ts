import type { ArgKind } from '../program/callable.js';
import type { Case } from '../scenario/case.js';
import { pagesOf, renamed, type ArgKinds } from './addresses.js';
import { operationsOf, without } from './operations.js';
import { offering } from './pass.js';
import { withoutIdleThreads, withoutOperations } from './projection.js';
import { withoutLonelySharing } from './sharing.js';

/** The case without the operations that take an argument of that kind. */
export function withoutUsersOf(c: Case, kinds: ArgKinds, kind: ArgKind): Case {
  const users = operationsOf(c).filter(({ call }) => kinds(call.name).includes(kind));
  return users.length === 0 ? c : withoutIdleThreads(withoutOperations(c, users));
}

/** The case without one address space, for each: who ran there, or worked there, goes to the first that is left. */
export function withoutEachMm(c: Case, kinds: ArgKinds): readonly Case[] {
  const pages = pagesOf(c);
  if (c.world.mms.length < 2) return [];
  return c.world.mms.map((_, gone) => {
    const mm = (m: number): number => (m > gone ? m - 1 : m === gone ? 0 : m);
    const left = without(c.world.mms, gone);
    const able = left.length > 1 ? c : withoutUsersOf(c, kinds, 'other-mm');
    const address = (addr: number): number => mm(Math.floor(addr / pages)) * pages + (addr % pages);
    return {
      ...renamed(able, kinds, { mm, address }),
      world: withoutLonelySharing({ ...c.world, mms: left }),
    };
  });
}

export const dropMms = offering('drop address spaces', withoutEachMm);
