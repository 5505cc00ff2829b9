import { expect, test } from '@jest/globals';

import { defaultRecipe, openJob } from '../../src/cli/trade.js';

const COPY = 'wp_page_copy:9 ptep_clear_flush_notify.clear';
const GUARDED = 'wp_page_copy:9 ptep_clear_flush_notify.in-flush';
const UNMAP = 'unmap_vmas:1';

test('a step is unreached until any call reaches it; what the model lacks or no case calls is not asked for', async () => {
  const job = await openJob({ ...defaultRecipe(), operations: ['user_write'] });
  const none = job.unreached([]);
  expect(none).toContain(COPY);
  expect(none).not.toContain(GUARDED); // silent before v6.6
  expect(none.some((step) => step.startsWith(UNMAP))).toBe(false); // only munmap calls it
  const path = job.stepNames.find((name) => name.startsWith('user_write ') && name.endsWith(COPY))!;
  expect(job.unreached([path])).toEqual(none.filter((step) => step !== COPY));
});
