import { execFile } from 'node:child_process';
import { binaryPath, UserError } from '@piranha/common';
import type { CheckSet } from '@piranha/config';
import { NANNY_ENVIRONMENT } from '@piranha/protocol';
import { EXIT } from '../core/exit-status.js';
import type { ProbeOutcome, ProbePiece } from '../core/render-probe.js';

const OUTPUT_LIMIT_BYTES = 4 * 1024 * 1024;
/** A nanny ends by the limits of its check; this is for one that does not. */
const NANNY_LIMIT_MS = 600_000;

interface Probed {
  readonly pieces: readonly ProbePiece[];
  readonly outcome: ProbeOutcome;
}

/** Has a nanny run one check once, exactly as those of lvsd do. */
export async function runProbe(
  address: string,
  port: number,
  timeoutSeconds: number,
  checks: CheckSet,
): Promise<Probed> {
  const words = ['-h', address, '-p', String(port), '-r', String(port), '-t', String(timeoutSeconds)];
  const output = await nannyOutput([...words, '--lvs', '--probe'], JSON.stringify(checks));
  const lines = output.split('\n').filter((line) => line !== '');
  const last = lines.pop();
  if (last === undefined) throw broken('it told nothing');
  const pieces = lines.map((line) => {
    const { direction, base64 } = JSON.parse(line) as { direction: ProbePiece['direction']; base64: string };
    return { direction, bytes: Buffer.from(base64, 'base64') };
  });
  return { pieces, outcome: JSON.parse(last) as ProbeOutcome };
}

function nannyOutput(words: readonly string[], checks: string): Promise<string> {
  const { [NANNY_ENVIRONMENT.socket]: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [binaryPath('nanny'), ...words],
      {
        env: { ...env, [NANNY_ENVIRONMENT.checks]: checks },
        timeout: NANNY_LIMIT_MS,
        maxBuffer: OUTPUT_LIMIT_BYTES,
      },
      (error, stdout, stderr) => {
        if (error) reject(broken(stderr.trim().split('\n')[0] || error.message));
        else resolve(stdout);
      },
    );
  });
}

function broken(why: string): UserError {
  return new UserError(`the nanny did not run the check: ${why}`, {
    code: 'PROBE_FAILED',
    hint: 'run nanny --help: is the suite installed whole?',
    exitCode: EXIT.trouble,
  });
}
