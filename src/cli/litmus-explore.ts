import { exploreOn, type ExplorationPlan } from '../campaign/exploration.js';
import type { Recipe } from '../campaign/job.js';
import { inProcess, workerThreads, type Workforce } from '../campaign/workforce.js';
import type { Explored } from '../explore/explored.js';
import type { Case } from '../scenario/case.js';
import { absoluteModel } from './load-model.js';
import { openJob } from './trade.js';

/** A space of so many states is explored in this thread: starting workers takes longer. */
const SMALL = 200_000;

/** Explores cases on one model after the other; models that were laid out are kept. */
export class LitmusExplorer {
  private readonly here = new Map<string, Workforce>();

  constructor(private readonly workers: number) {}

  async explore(model: string, c: Case, plan: ExplorationPlan): Promise<Explored> {
    const recipe = recipeOf(model);
    const here = this.here.get(model) ?? inProcess({ openJob }, recipe, recipe);
    this.here.set(model, here);
    const states = Math.min(SMALL, plan.bounds.states);
    const small = await exploreOn(here, c, 'candidate', { ...plan, bounds: { ...plan.bounds, states } });
    if (small.complete || states === plan.bounds.states) return small;
    const url = new URL('./trade.js', import.meta.url).href;
    const workforce = workerThreads(this.workers, url, recipe, recipe);
    try {
      return await exploreOn(workforce, c, 'candidate', plan);
    } finally {
      await workforce.close();
    }
  }
}

/** The model beside itself: a step that it lacks takes no place. */
function recipeOf(model: string): Recipe {
  const name = absoluteModel(model, process.cwd());
  return {
    candidate: name,
    reference: name,
    mutes: [],
    operations: [],
    hardware: 'conforming',
    strategy: 'mixed',
    search: 0,
  };
}
