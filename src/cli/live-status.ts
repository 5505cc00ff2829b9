import { createLogUpdate } from 'log-update';

import type { CampaignStatus } from '../campaign/records.js';
import { showDuration } from './duration.js';
import { showCount } from './numbers.js';

/** Off a terminal, one line in so many milliseconds; on one, a drawing. */
const QUIET = 10_000;
const REDRAWN = 250;

export interface LiveStatus {
  update(now: () => CampaignStatus): void;
  /** Prints a line that stays, above the status. */
  line(text: string): void;
  done(): void;
}

function byClass(status: CampaignStatus): string {
  const counts = new Map<string, number>();
  for (const f of status.findings) {
    const name = f.shrunk.finding.class;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (counts.size === 0) return 'no findings';
  return [...counts].map(([name, n]) => `${n} ${name}`).join(', ');
}

/** The parts of a status, most important first. `perSecond`: cases and steps a second of late. */
export function statusParts(status: CampaignStatus, perSecond: { cases: number; steps: number }): string[] {
  const canary = status.canaryCaught ? 'canary caught' : 'canary not caught yet';
  return [
    `${showDuration(status.seconds)}  ${showCount(status.cases)} cases  ${showCount(perSecond.cases)} cases/s  ${showCount(perSecond.steps)} steps/s`,
    `${byClass(status)}${status.shrinking > 0 ? `, ${status.shrinking} to shrink` : ''}`,
    `reached ${showCount(status.sitesReached)} sites, ${showCount(status.stepsReached)} steps, ${showCount(status.pairsReached)} operation pairs; last new ${showDuration(status.secondsSinceNew)} ago; ${canary}`,
    ...(status.draining ? ['finishing'] : []),
  ];
}

/** Speed between two looks, not since the start: a stall must show. */
class Speed {
  private last = { seconds: 0, cases: 0, steps: 0 };
  private shown = { cases: 0, steps: 0 };

  look(status: CampaignStatus): { cases: number; steps: number } {
    const seconds = status.seconds - this.last.seconds;
    if (seconds < 2) return this.shown;
    this.shown = {
      cases: (status.cases - this.last.cases) / seconds,
      steps: (status.steps - this.last.steps) / seconds,
    };
    this.last = { seconds: status.seconds, cases: status.cases, steps: status.steps };
    return this.shown;
  }
}

/** On a terminal a status that is redrawn; otherwise a line now and then. */
export function liveStatus(out: NodeJS.WriteStream): LiveStatus {
  const speed = new Speed();
  const every = out.isTTY ? REDRAWN : QUIET;
  let next = Date.now() + (out.isTTY ? 0 : QUIET);
  const parts = (now: () => CampaignStatus): string[] | undefined => {
    if (Date.now() < next) return undefined;
    next = Date.now() + every;
    const status = now();
    return statusParts(status, speed.look(status));
  };
  if (out.isTTY) {
    const draw = createLogUpdate(out);
    return {
      update(now) {
        const shown = parts(now);
        if (shown !== undefined) draw(shown.join('\n'));
      },
      line(text) {
        draw.clear();
        out.write(`${text}\n`);
      },
      done: () => draw.clear(),
    };
  }
  return {
    update(now) {
      const shown = parts(now);
      if (shown !== undefined) out.write(`${shown.join('; ')}\n`);
    },
    line: (text) => void out.write(`${text}\n`),
    done: () => undefined,
  };
}
