// Prints one line of totals from jest's JSON result file; exits 1 unless some test ran and none failed.
import { readFileSync } from 'node:fs';

const path = process.argv[2];
let result;
try {
  result = JSON.parse(readFileSync(path, 'utf8'));
} catch (error) {
  console.log(`tests: 0 passed, 1 failed (no result from jest: ${error.message})`);
  process.exit(1);
}

const passed = result.numPassedTests;
// a file that could not be loaded holds no tests to count, yet it is a failure
const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
const skipped = result.numPendingTests + result.numTodoTests;
console.log(`tests: ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exit(result.success && failed === 0 && passed > 0 ? 0 : 1);
