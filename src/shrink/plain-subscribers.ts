import type { Case, ThreadProgram } from '../scenario/case.js';
import { offering } from './pass.js';

function plain({ kind, mm, operations }: ThreadProgram): ThreadProgram {
  return { kind, mm, operations };
}

/** The case in which a device is a secondary TLB, the ordinary kind, for each that is not. */
export function withPlainSubscriber(c: Case): readonly Case[] {
  return c.threads.flatMap((thread, t) =>
    thread.subscriber === undefined || thread.subscriber === 'sva'
      ? []
      : [{ ...c, threads: c.threads.map((other, i) => (i === t ? plain(other) : other)) }],
  );
}

export const plainSubscribers = offering('plain subscribers', withPlainSubscriber);
