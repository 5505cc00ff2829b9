import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** SPIN (spinroot.com; Debian's package `spin`) on a Promela model: generate, compile, search. */

/** Steps of a path. */
const DEPTH = 10_000;
/** Slots of the table, as a power of two: several times the states of the largest world. */
const TABLE = 18;

/** What one search answered. */
export interface Searched {
  readonly states: number;
  /** As SPIN counts: the start is one of them. */
  readonly transitions: number;
  readonly errors: number;
  readonly userSeconds: number;
}

/** Why SPIN cannot be used here; undefined when it can. */
export function missing(): string | undefined {
  for (const [tool, version] of [
    ['spin', '-V'],
    ['gcc', '--version'],
    ['bash', '--version'],
  ]) {
    if (spawnSync(tool, [version]).status !== 0) return `${tool} is not installed`;
  }
  return undefined;
}

/** A verifier of one model under some definitions. */
export class Verifier {
  private readonly directory = mkdtempSync(join(tmpdir(), 'promela-'));
  readonly generatedIn: number;

  /**
   * `defines`: of the model, `flags`: of pan.c. SPIN's own rewriting of the model (data flow, dead variables, merged
   * statements) is off, so that a state is what the model says.
   */
  constructor(model: string, defines: readonly string[], flags: readonly string[]) {
    const begin = process.hrtime.bigint();
    const options = { cwd: this.directory, stdio: 'pipe' } as const;
    execFileSync('spin', [...defines.map((d) => `-D${d}`), '-o1', '-o2', '-o3', '-a', model], options);
    execFileSync('gcc', ['-w', '-O2', '-DSAFETY', ...flags, '-o', 'pan', 'pan.c'], options);
    this.generatedIn = Number(process.hrtime.bigint() - begin) / 1e9;
  }

  /**
   * `-c0`: go on behind errors. Stack and table are laid out before the search: by default SPIN's table has 16 million
   * slots, half a second of work that has nothing to do with these worlds.
   */
  search(...options: readonly string[]): Searched {
    const command = `TIMEFORMAT=%U; time ./pan -m${DEPTH} -w${TABLE} ${options.join(' ')}`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command], { cwd: this.directory, encoding: 'utf8' });
    if (stdout.includes('max search depth too small'))
      throw new Error(`a path of the model is longer than ${DEPTH} steps; expected that to be enough.`);
    const find = (what: RegExp): number => {
      const found = what.exec(stdout);
      if (found === null)
        throw new Error(`pan does not say ${what.source}; expected its usual report, got: ${stdout}`);
      return Number(found[1]);
    };
    return {
      states: find(/(\d+) states, stored/),
      transitions: find(/(\d+) transitions/),
      errors: find(/errors: (\d+)/),
      userSeconds: Number(stderr.trim().split('\n').at(-1)),
    };
  }

  close(): void {
    rmSync(this.directory, { recursive: true });
  }
}
