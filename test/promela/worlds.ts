import { callables, models } from '../../models/models.js';
import { builtIn } from '../../src/cli/load-model.js';
import { register } from '../../src/cli/trade.js';
import { ORACLES } from '../../src/oracle/oracles.js';
import type { Oracle } from '../../src/oracle/oracle.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Case } from '../../src/scenario/case.js';
import { call, cpu, device, region, world } from '../corpus/write-case.js';

/** What two-cow.pml is compiled for, and the same as cases of ours. */
export interface PromelaWorld {
  readonly about: string;
  /** WORLD in two-cow.pml. */
  readonly number: number;
  readonly case: Case;
}

const write = (page: number): ReturnType<typeof call> => call('user_write', page, 0);
const read = (page: number): ReturnType<typeof call> => call('device_read', page, 0);

function shared(...threads: Case['threads']): Case {
  const pages = (): ReturnType<typeof region>[] => [region('anon', ['shared', 'shared'])];
  return { world: world([pages(), pages()]), hardware: {}, threads, schedule: [] };
}

export const WORLDS: readonly PromelaWorld[] = [
  {
    about: 'both CPUs write one page, the device reads it twice',
    number: 1,
    case: shared(cpu(0, write(0)), cpu(0, write(0)), device(0, read(0), read(0))),
  },
  {
    about: 'the CPUs write neighbouring pages, the device reads both',
    number: 2,
    case: shared(cpu(0, write(0)), cpu(0, write(1)), device(0, read(1), read(0))),
  },
  {
    about: 'corpus/rule-b.json: both pages written, three reads',
    number: 3,
    case: shared(cpu(0, write(0)), cpu(0, write(0), write(1)), device(0, read(0), read(1), read(0))),
  },
];

/** NOTIFY in two-cow.pml, and the model that does so. */
export const NOTIFIES = [
  { notify: 1, model: 'always-notify' },
  { notify: 0, model: 'always-notify~wp_page_copy' },
] as const;

/** The model alone, watched by these oracles; without any the words are the kernel's and the hardware's alone. */
export function laboratory(model: string, oracles: readonly Oracle[] = ORACLES): Laboratory {
  const reference = models.find((m) => m.name === 'always-notify')!;
  return new Laboratory(callables, builtIn(model, register), reference, oracles);
}
