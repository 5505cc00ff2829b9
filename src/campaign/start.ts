import { Campaign, type CampaignPlan } from './campaign.js';
import { CorpusStore } from './corpus-store.js';
import { CrashStore } from './crash-store.js';
import { Findings } from './findings.js';
import type { Job } from './job.js';
import { Ledger } from './ledger.js';
import type { CampaignListener } from './records.js';
import type { Workforce } from './workforce.js';

export interface CampaignSetup {
  readonly plan: CampaignPlan;
  /** The job in this thread: who the models are, and cases for the corpus. */
  readonly job: Job;
  /** Called when all else is known to be right: nobody is started for a campaign that cannot begin. */
  readonly hire: () => Workforce;
  /** Directories; undefined: nothing is saved. */
  readonly crashes: string | undefined;
  readonly corpus: string | undefined;
  readonly version: string;
  readonly listener: CampaignListener;
}

export interface Prepared {
  readonly campaign: Campaign;
  /** To be closed when the campaign has ended. */
  readonly workforce: Workforce;
}

/** Opens the directories and puts a campaign together; throws BadInput before anything runs. */
export function prepareCampaign(setup: CampaignSetup): Prepared {
  const { plan, job, listener, version } = setup;
  const { candidate, reference } = job;
  const provenance = { seed: plan.seed, version, candidate, reference };
  const now = (): string => new Date().toISOString();
  const store = setup.crashes === undefined ? undefined : new CrashStore(setup.crashes, now);
  const corpus = setup.corpus === undefined ? undefined : new CorpusStore(setup.corpus, provenance);
  const ledger = new Ledger(job.stepNames, plan.batch);
  const findings = new Findings(ledger, store, provenance, (record) => listener.found(record));
  const workforce = setup.hire();
  return { campaign: new Campaign(plan, { workforce, ledger, findings, corpus, job, listener }), workforce };
}
