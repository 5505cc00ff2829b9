import { workerData } from 'piscina';

import type { JobModule } from './job.js';
import type { Task, TaskResult } from './task.js';
import { Performer, type WorkerOrders } from './workforce.js';

let performer: Promise<Performer> | undefined;

async function begin(): Promise<Performer> {
  const orders = workerData as WorkerOrders;
  const module = (await import(orders.jobModule)) as JobModule;
  return new Performer(module, orders);
}

/** The entry point of a worker thread: one call a task. */
export default async function perform(task: Task): Promise<TaskResult<Task>> {
  performer ??= begin();
  return (await performer).perform(task);
}
