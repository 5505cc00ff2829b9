import { JUDGEMENT } from '../patch/judgement-words.js';
import type { SeriesVerdict } from '../patch/verdict.js';
import { ExitCode } from './exit-codes.js';

/** 0: every hunk safe, harmless or repairing, `both` alone warns; 1: unsafe; 4: something is not known. */
export function validateExitCode(verdict: SeriesVerdict): ExitCode {
  const { judgement, bounds, hunks } = verdict;
  if (JUDGEMENT[judgement].level === 'error') return ExitCode.Findings;
  const unknown = hunks.some((h) => JUDGEMENT[h.judgement].level === 'unknown');
  const fuzzed = bounds.cases > 0;
  if (unknown || bounds.spent || (fuzzed && !bounds.canaryCaught)) return ExitCode.ProvesNothing;
  return verdict.repro?.fixed === false ? ExitCode.Findings : ExitCode.Clean;
}
