import { BadInput } from '../base/errors.js';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
/** Timers hold at most 2^31 - 1 milliseconds: 24.8 days. */
const LONGEST = 24 * 86_400;

/** Seconds of `30s`, `5m`, `2h`, `3d`, `2w`, or Infinity for `unlimited`. Throws {@link BadInput}. */
export function parseDuration(text: string): number {
  if (text === 'unlimited') return Infinity;
  const match = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text);
  const seconds = match === null ? 0 : Number(match[1]) * SECONDS[match[2]];
  if (match === null || seconds <= 0)
    throw new BadInput(
      `Invalid duration "${text}"; expected a positive number with a unit, such as 30s, 5m, 2h, 3d, 2w, or unlimited.`,
    );
  if (seconds > LONGEST)
    throw new BadInput(`Duration "${text}" is too long; expected at most 24d, or unlimited.`);
  return seconds;
}

/** `45 s`, `12 min 3 s`, `3 h 20 min`: for people. */
export function showDuration(seconds: number): string {
  const s = Math.floor(seconds);
  if (s < 10) return `${seconds.toFixed(1)} s`;
  if (s < 120) return `${s} s`;
  if (s < 7200) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}
