#!/usr/bin/env node
import { createRequire } from 'node:module';

import { Command } from 'commander';

const { version } = createRequire(import.meta.url)('shootdown/package.json') as { version: string };

const program = new Command('shootdown')
  .description('Fuzzing and differential testing of mmu notifier placement in the Linux kernel')
  .version(version);

await program.parseAsync();
