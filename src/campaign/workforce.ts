import { Piscina } from 'piscina';

import { assert } from '../base/assert.js';
import { performExplore } from './explore-task.js';
import type { Job, JobModule, Recipe } from './job.js';
import { performBatch, performCanary, performShrink } from './perform.js';
import type { Task, TaskResult } from './task.js';

/** What a worker is told once, when it starts. */
export interface WorkerOrders {
  /** URL of the module that opens jobs; see JobModule. */
  readonly jobModule: string;
  readonly recipe: Recipe;
  /** The seeded broken model. */
  readonly canary: Recipe;
  /** One Int32; not 0 means: finish what you have, now. */
  readonly stop: SharedArrayBuffer;
}

/** Opens the jobs of one worker when they are first needed, and performs tasks with them. */
export class Performer {
  private job: Promise<Job> | undefined;
  private canary: Promise<Job> | undefined;
  private readonly flag: Int32Array;

  constructor(
    private readonly module: JobModule,
    private readonly orders: Pick<WorkerOrders, 'recipe' | 'canary' | 'stop'>,
  ) {
    this.flag = new Int32Array(orders.stop);
  }

  async perform(task: Task): Promise<TaskResult<Task>> {
    const stopped = (): boolean => Atomics.load(this.flag, 0) !== 0;
    if (task.kind === 'canary') {
      this.canary ??= this.module.openJob(this.orders.canary);
      return performCanary(await this.canary, task, stopped);
    }
    this.job ??= this.module.openJob(this.orders.recipe);
    const job = await this.job;
    if (task.kind === 'batch') return performBatch(job, task, stopped);
    if (task.kind === 'explore') return performExplore(job, task, stopped);
    const deadline = Date.now() + task.seconds * 1000;
    return performShrink(job, task, () => stopped() || Date.now() > deadline);
  }
}

/** Who performs the tasks: worker threads, or this thread itself. */
export interface Workforce {
  readonly size: number;
  run<T extends Task>(task: T): Promise<TaskResult<T>>;
  /** Asks everybody to finish what they have at once. */
  stop(): void;
  close(): Promise<void>;
}

/** The same job in this thread, one task after the other; for tests and short runs. */
export function inProcess(module: JobModule, recipe: Recipe, canary: Recipe): Workforce {
  const stop = new SharedArrayBuffer(4);
  const performer = new Performer(module, { recipe, canary, stop });
  return {
    size: 1,
    async run<T extends Task>(task: T): Promise<TaskResult<T>> {
      // Signals and timers get their turn between tasks.
      await new Promise((resolve) => setImmediate(resolve));
      return (await performer.perform(task)) as TaskResult<T>;
    },
    stop: () => void Atomics.store(new Int32Array(stop), 0, 1),
    close: () => Promise.resolve(),
  };
}

/** Worker threads by Piscina. They get the recipe, never the values. */
export function workerThreads(size: number, jobModule: string, recipe: Recipe, canary: Recipe): Workforce {
  assert(size > 0, 'a workforce has at least one worker');
  const stop = new SharedArrayBuffer(4);
  const orders: WorkerOrders = { jobModule, recipe, canary, stop };
  const pool = new Piscina({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: size,
    maxThreads: size,
    idleTimeout: Infinity,
    workerData: orders,
  });
  return {
    size,
    run: <T extends Task>(task: T) => pool.run(task) as Promise<TaskResult<T>>,
    stop: () => void Atomics.store(new Int32Array(stop), 0, 1),
    close: () => pool.destroy(),
  };
}
