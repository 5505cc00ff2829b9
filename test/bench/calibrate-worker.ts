import { calibrate } from './calibrate.js';

/** A worker thread that does nothing but the calibration loop: what the machine gives to several at once. */
export default function loop(): number {
  return calibrate();
}
