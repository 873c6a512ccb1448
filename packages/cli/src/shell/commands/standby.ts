import { runDirectory, type StandbyRequest } from '@piranha/protocol';
import { handoverAnswerSchema } from '@piranha/protocol/schemas';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { codeText, terminalText } from '../../core/terminal-text.js';
import { askFor, requireAwake } from '../daemons.js';
import { type LvsctlIo, printJson } from '../io.js';
import type { CommonOptions } from '../options.js';
import { whoAsks } from '../who-asks.js';

/** As of a handover, which may be part of it, ms. */
const STANDBY_LIMIT_MS = 120_000;

export interface StandbyOptions extends CommonOptions {
  readonly reason?: string;
  readonly force?: true;
  readonly unlessAlone?: true;
}

/** `lvsctl standby on|off`: takes this node out, or makes it a usual standby again. */
export async function standby(io: LvsctlIo, on: boolean, options: StandbyOptions): Promise<ExitStatus> {
  const { reason, force, unlessAlone } = options;
  const request: StandbyRequest = { on, by: whoAsks(), reason, force, unlessAlone };
  const { pulseSocket } = runDirectory(options.runDir);
  await requireAwake(pulseSocket);
  const answer = await askFor(handoverAnswerSchema, pulseSocket, 'standby', STANDBY_LIMIT_MS, request);
  const { ok, text, code } = answer;
  if (options.json) printJson(io, answer);
  else if (ok) io.stdout(`maintenance standby ${on ? 'on' : 'off'}: ${terminalText(text)}\n`);
  else
    io.stderr(
      `lvsctl: maintenance standby is not ${on ? 'on' : 'off'}: ${terminalText(text)}${codeText(code)}\n`,
    );
  return ok ? EXIT.ok : EXIT.no;
}
