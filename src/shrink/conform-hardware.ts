import type { Case } from '../scenario/case.js';
import { offering } from './pass.js';

/** The case on conforming hardware, and with one switch conforming, for each that does not. */
export function conformingHardware(c: Case): readonly Case[] {
  const quirks = Object.entries(c.hardware);
  const single = quirks.map(([name]) => ({
    ...c,
    hardware: Object.fromEntries(quirks.filter(([other]) => other !== name)),
  }));
  return quirks.length < 2 ? single : [{ ...c, hardware: {} }, ...single];
}

export const conformHardware = offering('conforming hardware', conformingHardware);
