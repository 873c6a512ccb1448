import { runDirectory, SYNC_LIMIT_MS, type SyncDirection, type SyncRequest } from '@piranha/protocol';
import { syncAnswerSchema, syncFileSchema } from '@piranha/protocol/schemas';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { syncDiff, syncVerdict } from '../../core/render-sync.js';
import { codeText, terminalText } from '../../core/terminal-text.js';
import { askFor } from '../daemons.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import type { CommonOptions } from '../options.js';
import { whoAsks } from '../who-asks.js';

const READ_LIMIT_MS = 30_000;

export interface SyncOptions extends CommonOptions {
  readonly dryRun?: true;
  readonly force?: true;
}

/** `lvsctl sync push|pull`: shows what differs, then copies lvs.cf to the partner or from it and has it read. */
export async function sync(
  io: LvsctlIo,
  direction: SyncDirection,
  options: SyncOptions,
): Promise<ExitStatus> {
  const { pulseSocket } = runDirectory(options.runDir);
  const { json = false, dryRun = false, force = false } = options;
  const by = whoAsks();
  const file = (side: 'own' | 'partner') =>
    askFor(syncFileSchema, pulseSocket, 'sync.file', READ_LIMIT_MS, { side, by });
  const partner = await file('partner');
  const own = await file('own');
  const diff = syncDiff(direction, { own, partner });
  if (!json) printLines((text) => io.stdout(text), diff);
  const request: SyncRequest = {
    ...{ direction, dryRun, force, by },
    ownHash: own.hash,
    partnerHash: partner.hash,
  };
  const answer = await askFor(syncAnswerSchema, pulseSocket, 'sync.copy', 2 * SYNC_LIMIT_MS, request);
  const end = (file: typeof own) => ({
    path: file.path,
    hash: file.hash,
    serial: file.serial,
    inUse: file.inUse,
  });
  if (json) printJson(io, { direction, dryRun, ...answer, diff, own: end(own), partner: end(partner) });
  else {
    printLines((text) => io.stderr(text), answer.diagnostics.map(terminalText));
    if (answer.ok && !dryRun) printLines((text) => io.stdout(text), answer.operations.map(terminalText));
    io.stderr(`lvsctl: ${terminalText(syncVerdict(direction, dryRun, answer))}${codeText(answer.code)}\n`);
    if (answer.hint !== undefined) io.stderr(`lvsctl: hint: ${terminalText(answer.hint)}\n`);
  }
  return answer.ok ? EXIT.ok : EXIT.no;
}
