import { agentName, cpusOf, pagesOf } from '../report/names.js';
import type { Case } from '../scenario/case.js';
import type { Source } from './source.js';

/** Reads names of agents, operations and addresses of a world; throws BadInput with the line. */
export class AgentReader {
  private readonly names: readonly string[];

  constructor(
    private readonly source: Source,
    private readonly c: Pick<Case, 'world' | 'threads'>,
  ) {
    const cpus = cpusOf(c as Case);
    this.names = c.threads.map((_, t) => agentName(t, cpus));
  }

  /** `dev0`. */
  thread(text: string, line: number): number {
    const at = this.names.indexOf(text);
    return at >= 0
      ? at
      : this.source.refuse(line, `"${text}" is no agent; expected one of ${this.names.join(', ')}.`);
  }

  /** `dev0.2`; `more`: numbers past the last one that are taken. */
  operation(text: string, line: number, more = 0): { thread: number; operation: number } {
    const [, agent, number] = /^([a-z]+\d+)\.(\d+)$/.exec(text) ?? [];
    if (agent === undefined)
      return this.source.refuse(
        line,
        `"${text}" is no operation; expected an agent and a number, as in dev0.1.`,
      );
    const thread = this.thread(agent, line);
    const operation = Number(number);
    const count = this.c.threads[thread].operations.length + more;
    if (operation >= count)
      this.source.refuse(line, `${agent} has no operation ${number}; they are numbered 0 to ${count - 1}.`);
    return { thread, operation };
  }

  /** `mm1:3`, as mm * pages + page. */
  address(text: string, line: number): number {
    const { mms } = this.c.world;
    const pages = pagesOf(this.c as Case);
    const [, mm, page] = /^mm(\d+):(\d+)$/.exec(text) ?? [];
    if (mm === undefined || page === undefined)
      return this.source.refuse(line, `"${text}" is no address; expected an mm and a page, as in mm0:3.`);
    if (Number(mm) >= mms.length || Number(page) >= pages)
      this.source.refuse(
        line,
        `there is no ${text}; expected mm0 to mm${mms.length - 1}, pages 0 to ${pages - 1}.`,
      );
    return Number(mm) * pages + Number(page);
  }
}
