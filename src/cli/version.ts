import { createRequire } from 'node:module';

/** The version of package.json. */
export const { version } = createRequire(import.meta.url)('shootdown/package.json') as { version: string };
