import type { Prng } from '../base/prng.js';
import { HARDWARE, type HardwareSwitch } from '../machine/hardware.js';
import type { Case } from './case.js';
import type { Odds } from './odds.js';

/**
 * - `conforming`: every switch
 * - `default`: conforming in half of the cases, with one quirk in the others, rarely two (see {@link Odds})
 * - `any`: one quirk, rarely two, in every case
 * - switches by name: exactly these quirks
 */
export type HardwareWanted = 'default' | 'conforming' | 'any' | Case['hardware'];

const CONFORMING: Case['hardware'] = {};

export function drawHardware(prng: Prng, wanted: HardwareWanted, odds: Odds): Case['hardware'] {
  if (typeof wanted !== 'string') return wanted;
  if (wanted === 'conforming') return CONFORMING;
  if (wanted === 'default' && !prng.chance(odds.quirk)) return CONFORMING;
  const set: Record<string, string> = {};
  const at = prng.below(HARDWARE.length);
  put(prng, set, HARDWARE[at]);
  if (prng.chance(odds.secondQuirk)) {
    put(prng, set, HARDWARE[(at + 1 + prng.below(HARDWARE.length - 1)) % HARDWARE.length]);
  }
  return set;
}

/** A value of the switch that is not conforming. */
function put(prng: Prng, set: Record<string, string>, which: HardwareSwitch): void {
  set[which.name] = which.values[1 + prng.below(which.values.length - 1)];
}
