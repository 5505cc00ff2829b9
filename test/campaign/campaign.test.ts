import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, jest, test } from '@jest/globals';

import type { CampaignPlan } from '../../src/campaign/campaign.js';
import type { Recipe } from '../../src/campaign/job.js';
import type { CampaignResult, FindingRecord } from '../../src/campaign/records.js';
import { prepareCampaign } from '../../src/campaign/start.js';
import type { Task, TaskResult } from '../../src/campaign/task.js';
import { inProcess, type Workforce } from '../../src/campaign/workforce.js';
import { broken, clean, FakeJob, fakeModule } from './fake-job.js';

// whole campaigns, one after the other
jest.setTimeout(60_000);

const plan: CampaignPlan = {
  seed: 's',
  cases: 2000,
  seconds: Infinity,
  shrinkTries: 100,
  shrinkSeconds: 60,
  graceSeconds: 5,
  batch: 100,
  canaryCases: 1000,
};

const temporary = (): string => mkdtempSync(join(tmpdir(), 'shootdown-'));

/** Several workers that finish in an order of their own. */
function crowd(size: number, recipe: Recipe, canary: Recipe): Workforce {
  const workers = Array.from({ length: size }, () => inProcess(fakeModule, recipe, canary));
  let next = 0;
  return {
    size,
    async run<T extends Task>(task: T): Promise<TaskResult<T>> {
      const me = next++;
      const result = await workers[me % size].run(task);
      await new Promise((resolve) => setTimeout(resolve, (me * 7) % 5));
      return result;
    },
    stop: () => workers.forEach((w) => w.stop()),
    close: () => Promise.resolve(),
  };
}

interface Run {
  readonly result: CampaignResult;
  readonly told: readonly FindingRecord[];
  readonly crashes: string;
}

async function run(
  workforce: Workforce,
  over: Partial<CampaignPlan> = {},
  crashes = temporary(),
): Promise<Run> {
  const told: FindingRecord[] = [];
  const { campaign } = prepareCampaign({
    plan: { ...plan, ...over },
    job: new FakeJob(broken),
    hire: () => workforce,
    crashes,
    corpus: undefined,
    version: '0.0.0',
    listener: {
      found(record) {
        // What is told is on disk.
        expect(statSync(join(crashes, record.bucket, 'case.json')).size).toBeGreaterThan(0);
        told.push({ ...record });
      },
      status: () => undefined,
    },
  });
  return { result: await campaign.run(), told, crashes };
}

/** Every file by name, without the times. */
function tree(path: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const bucket of readdirSync(path).sort()) {
    for (const file of readdirSync(join(path, bucket)).sort()) {
      const text = readFileSync(join(path, bucket, file), 'utf8');
      files[`${bucket}/${file}`] = text.replace(/"(first|last)Seen": "[^"]*"/g, '');
    }
  }
  return files;
}

test('what is found and saved does not depend on the number of workers', async () => {
  const one = await run(inProcess(fakeModule, broken, broken));
  const three = await run(crowd(3, broken, broken));
  const eight = await run(crowd(8, broken, broken));
  expect(Object.keys(tree(one.crashes)).length).toBeGreaterThan(20);
  expect(tree(three.crashes)).toEqual(tree(one.crashes));
  expect(tree(eight.crashes)).toEqual(tree(one.crashes));
  expect(eight.told.map((r) => r.bucket)).toEqual(one.told.map((r) => r.bucket));
  expect(eight.result.findings.map((r) => r.count)).toEqual(one.result.findings.map((r) => r.count));
});

test('feedback reaches what is rare more often, and does not depend on the number of workers either', async () => {
  const many = { cases: 9000, batch: 50 };
  const one = await run(inProcess(fakeModule, broken, broken), many);
  const five = await run(crowd(5, broken, broken), many);
  const twelve = await run(crowd(12, broken, broken), many);
  expect(tree(five.crashes)).toEqual(tree(one.crashes));
  expect(tree(twelve.crashes)).toEqual(tree(one.crashes));
  expect(twelve.result.coverage).toEqual(one.result.coverage);
  // The ten rare steps are one case in four hundred when every case is drawn afresh.
  const rare = [...one.result.coverage.steps].filter(([name]) => Number(/\d+/.exec(name)) >= 40);
  expect(rare.reduce((sum, [, n]) => sum + n, 0) / many.cases).toBeGreaterThan(0.05);
});

test('every case and every hit is counted once', async () => {
  const { result } = await run(crowd(3, broken, broken), { cases: 1950 });
  expect(result.cases).toBe(1950);
  expect(result.steps).toBe(19_500);
  const hits = result.findings.reduce((sum, f) => sum + f.count, 0);
  expect(hits).toBeGreaterThan(20);
  expect(result.findings.every((f) => f.shrunk.finding.violation.site !== 'g')).toBe(true);
  expect(result.timingOnly).toBeGreaterThan(0);
});

test('a campaign without findings leaves an empty directory', async () => {
  const { result, crashes } = await run(inProcess(fakeModule, clean, broken));
  expect(result.findings).toEqual([]);
  expect(result.canary.caught).toBeGreaterThanOrEqual(0);
  expect(readdirSync(crashes)).toEqual([]);
});

test('a canary that is never caught is reported', async () => {
  const { result } = await run(inProcess(fakeModule, clean, clean));
  expect(result.canary).toEqual({ caught: -1, cases: 1000, what: '' });
});

test('a next campaign on the same directory counts on and tells which buckets are new', async () => {
  const first = await run(inProcess(fakeModule, broken, broken));
  const second = await run(inProcess(fakeModule, broken, broken), {}, first.crashes);
  expect(second.result.findings.every((f) => !f.isNew)).toBe(true);
  for (const f of second.result.findings) {
    const seen = JSON.parse(readFileSync(join(first.crashes, f.bucket, 'seen.json'), 'utf8'));
    expect(seen.count).toBe(2 * f.count);
  }
});

test('an interrupted campaign writes what it has found and says what it left', async () => {
  const crashes = temporary();
  const workforce = crowd(2, broken, broken);
  const { campaign } = prepareCampaign({
    plan: { ...plan, cases: Infinity },
    job: new FakeJob(broken),
    hire: () => workforce,
    crashes,
    corpus: undefined,
    version: '0.0.0',
    listener: { found: () => campaign.interrupt(), status: () => undefined },
  });
  const result = await campaign.run();
  expect(result.interrupted).toBe(true);
  expect(result.findings.length).toBeGreaterThan(0);
  for (const f of result.findings)
    expect(statSync(join(crashes, f.bucket, 'README.md')).size).toBeGreaterThan(0);
});

test('the time ends a campaign, and what was found by then is shrunk', async () => {
  const { result } = await run(crowd(2, broken, broken), { cases: Infinity, seconds: 0.2 });
  expect(result.interrupted).toBe(false);
  expect(result.cases).toBeGreaterThan(0);
  expect(result.findings.every((f) => f.shrunk.minimal)).toBe(true);
});

test('a worker that fails ends the campaign with its error', async () => {
  const workforce = inProcess({ openJob: () => Promise.reject(new Error('no such kernel')) }, broken, broken);
  await expect(run(workforce)).rejects.toThrow('no such kernel');
});

test('the corpus keeps each case that first reached something, once', async () => {
  const corpus = temporary();
  const keep = async (): Promise<CampaignResult> => {
    const workforce = inProcess(fakeModule, clean, broken);
    const listener = { found: () => undefined, status: () => undefined };
    const setup = {
      plan,
      job: new FakeJob(clean),
      hire: () => workforce,
      crashes: undefined,
      corpus,
      version: '0',
      listener,
    };
    return prepareCampaign(setup).campaign.run();
  };
  const { kept, coverage } = await keep();
  expect(kept).toBe(coverage.steps.size);
  expect(kept).toBeGreaterThan(40);
  expect((await keep()).kept).toBe(0);
});
