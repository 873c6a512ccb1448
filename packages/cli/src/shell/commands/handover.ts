import { runDirectory } from '@piranha/protocol';
import { handoverAnswerSchema } from '@piranha/protocol/schemas';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { terminalText } from '../../core/terminal-text.js';
import { askFor } from '../daemons.js';
import { type LvsctlIo, printJson } from '../io.js';
import type { CommonOptions } from '../options.js';

/** Longer than any handover takes, its undoing included, ms. */
const HANDOVER_LIMIT_MS = 120_000;

/** `lvsctl handover`: gives the VIPs to the partner, and waits until that is done, refused or undone. */
export async function handover(io: LvsctlIo, options: CommonOptions): Promise<ExitStatus> {
  const { pulseSocket } = runDirectory(options.runDir);
  const answer = await askFor(handoverAnswerSchema, pulseSocket, 'handover', HANDOVER_LIMIT_MS);
  const { ok, text, durationMs } = answer;
  if (options.json) printJson(io, answer);
  else if (ok) io.stdout(`${terminalText(text)} (${Math.round(durationMs)} ms)\n`);
  else io.stderr(`lvsctl: not handed over: ${terminalText(text)}\n`);
  return ok ? EXIT.ok : EXIT.no;
}
