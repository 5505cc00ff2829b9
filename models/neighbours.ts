import { compareVersions, existsIn, type KernelVersion } from '../src/program/kernel-version.js';
import { notify, type Edit, type Model } from '../src/program/model.js';
import { always_notify } from './always-notify.js';
import { changes } from './changes.js';
import { kernelWith, type Change } from './history.js';
import { inFlush } from './history/in-flush.js';
import { repairs } from './repairs.js';

/**
 * How a neighbour differs from its model: a commit that came `later`, a commit of the model that is taken `without`, a
 * `repair` of the reference, or a notification under the lock (`notify`).
 */
export type Difference = 'later' | 'without' | 'repair' | 'notify';

/** A kernel that is one known difference away from a model. */
export interface Neighbour {
  readonly difference: Difference;
  /** `06083a0921fd, v5.19: mappings of every page are cleaned`. */
  readonly about: string;
  /** The operations whose text differs; undefined: any may. */
  readonly operations: ReadonlySet<string> | undefined;
  readonly model: () => Model;
}

/** All that are known, the commits in the order of the register. The edits of one may not fit: see `checkEdits`. */
export function neighboursOf(model: Model): readonly Neighbour[] {
  return [...commitsBeside(model), ...inFlushBeside(model), ...repairsBeside(model), ...slotsBeside(model)];
}

/** Of a kernel as shipped: each commit that it lacks put in, each that it has taken out. */
function commitsBeside(model: Model): readonly Neighbour[] {
  const { kernel } = model;
  if (kernel === undefined || model.name !== `v${kernel}`) return [];
  const has = (c: Change): boolean => existsIn(c, kernel);
  return changes.map((change) => ({
    difference: endsAfter(change, kernel) ? 'later' : 'without',
    about: aboutChange(change, has(change)),
    operations: operationsOf(change.edits),
    model: () =>
      kernelWith(
        { ...model, version: kernel },
        changes.filter((c) => has(c) !== (c === change)),
      ),
  }));
}

/** True if the release that makes the difference, by bringing the change or by ending it, is still to come. */
function endsAfter({ since, until }: Change, kernel: KernelVersion): boolean {
  return [since, until].some((v) => v !== undefined && compareVersions(v, kernel) > 0);
}

/** What a kernel still has and a later one does not is said in the words of what was there. */
function aboutChange({ commit, since, until, about }: Change, has: boolean): string {
  const id = commit === 'unknown' ? 'no commit known' : commit;
  if (has && until !== undefined) return `${id}, v${until}, after which no longer: ${about}`;
  return `${id}, v${since ?? until ?? '?'}: ${about}`;
}

/** From v6.6 the CPU flush helpers tell devices; that is an era and no change. */
function inFlushBeside(model: Model): readonly Neighbour[] {
  if (model.era === '6.6-') return [];
  const edits = (): readonly Edit[] => [...model.edits, ...inFlush(model.edits)];
  return [
    {
      difference: 'later',
      about: '1af5a8109904, v6.6: the CPU flush helpers tell the secondary TLBs, and nobody else does',
      operations: undefined,
      model: () => ({ ...model, era: '6.6-', edits: edits() }),
    },
  ];
}

/** The reference's repairs of the CPU side, by what they say of themselves. */
function repairsBeside(model: Model): readonly Neighbour[] {
  const groups = new Map<string, Edit[]>();
  for (const edit of repairs) {
    const why = 'why' in edit && edit.why !== undefined ? edit.why : `repair of ${siteOf(edit)}`;
    groups.set(why, [...(groups.get(why) ?? []), edit]);
  }
  return [...groups].map(([about, edits]) => beside(model, 'repair', about, edits));
}

/** Every slot under a lock in which the reference notifies. */
function slotsBeside(model: Model): readonly Neighbour[] {
  if (model.era === '6.6-') return [];
  return always_notify.edits.flatMap((edit) =>
    edit.kind === 'notify'
      ? [beside(model, 'notify', `notified at ${edit.site}:${edit.slot}`, [notify(edit.site, edit.slot)])]
      : [],
  );
}

function beside(model: Model, difference: Difference, about: string, edits: readonly Edit[]): Neighbour {
  return {
    difference,
    about,
    operations: operationsOf(edits),
    model: () => ({ ...model, edits: [...model.edits, ...edits] }),
  };
}

const siteOf = (edit: Edit): string => ('site' in edit ? edit.site : edit.in);

function operationsOf(edits: readonly Edit[]): ReadonlySet<string> {
  return new Set(edits.map((edit) => siteOf(edit).split('/')[0]));
}
