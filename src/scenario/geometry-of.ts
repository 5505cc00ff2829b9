import { PTES_PER_PMD, type Geometry } from '../machine/geometry.js';
import { hardwareOf, hasIotlb } from '../machine/hardware.js';
import type { Case } from './case.js';

/** How much room the words of the case take. */
export function geometryOf(c: Case): Geometry {
  let devices = 0;
  for (const { kind } of c.threads) if (kind === 'device') devices++;
  return {
    mms: c.world.mms.length,
    puds: (c.world.mms[0]?.length ?? 2) / 2,
    cpus: c.threads.length - devices,
    devices,
    frames: c.world.frames,
    filePages: c.world.files.length * PTES_PER_PMD,
    swapSlots: c.world.swapSlots,
    iotlb: hasIotlb(hardwareOf(c.hardware)),
  };
}
