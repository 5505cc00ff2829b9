#!/usr/bin/env node
import { runMain } from './run-main.js';

// Whoever reads our output may have read enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

await runMain(process.argv);
