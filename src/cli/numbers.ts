import { BadInput } from '../base/errors.js';

/** A whole number in [least, most] of an option; throws {@link BadInput}. `1_000_000` and `1e6` are read too. */
export function parseCount(option: string, text: string, least: number, most: number): number {
  const plain = text.replace(/(?<=\d)[_,](?=\d)/g, '');
  const value = /^\d+(e\d+)?$/.test(plain) ? Number(plain) : NaN;
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new BadInput(`Invalid ${option} "${text}"; expected a whole number from ${least} to ${most}.`);
}

/** `1,234,567`, the same in every locale. */
export function showCount(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');
}
