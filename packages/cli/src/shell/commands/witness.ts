import type { WitnessConfig } from '@piranha/config';
import { askWitness, handLimitMs, type WitnessAnswer } from '@piranha/witness';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { terminalText } from '../../core/terminal-text.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import { loadUsable } from '../load-file.js';
import type { CommonOptions } from '../options.js';

interface Asked extends WitnessAnswer {
  /** It answered within witness_interval. */
  readonly ok: boolean;
}

function line({ name, ok, roundTripMs, problem }: Asked, { intervalMs }: WitnessConfig): string {
  if (roundTripMs === undefined) return `${name}: no answer: ${problem ?? 'unknown'}`;
  const late = ok ? '' : `, too late for witness_interval = ${intervalMs / 1_000}`;
  return `${name}: answers in ${roundTripMs.toFixed(1)} ms${late}`;
}

/**
 * `lvsctl witness FILE`: asks every witness of the file once, and prints what came of it and how long it took. Exit
 * status 0: as many answer in time as the file wants; 1: not so, no witness is configured, or the file has errors.
 */
export async function witness(io: LvsctlIo, file: string, options: CommonOptions): Promise<ExitStatus> {
  const loaded = await loadUsable(io, file, options);
  if (loaded === undefined) return EXIT.no;
  const { configuration, diagnostics } = loaded;
  const config = configuration.witness;
  const { targets, quorum, policy, intervalMs } = config;
  const limitMs = handLimitMs(intervalMs);
  const answers = await Promise.all(targets.map((target) => askWitness(target, limitMs)));
  const asked = answers.map((one): Asked => ({ ...one, ok: (one.roundTripMs ?? Infinity) <= intervalMs }));
  const inTime = asked.filter(({ ok }) => ok).length;
  const ok = targets.length > 0 && inTime >= quorum;
  if (options.json) {
    printJson(io, { file, ok, policy, quorum, intervalMs, witnesses: asked, diagnostics });
    return ok ? EXIT.ok : EXIT.no;
  }
  printLines(
    (text) => io.stdout(text),
    asked.map((one) => terminalText(line(one, config))),
  );
  const summary =
    targets.length === 0
      ? 'no witness is configured'
      : `${inTime} of ${targets.length} in time, witness_quorum = ${quorum}, witness_policy = ${policy}`;
  io.stdout(`${summary}\n`);
  return ok ? EXIT.ok : EXIT.no;
}
