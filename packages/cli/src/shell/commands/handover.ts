import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { UserError } from '@piranha/common';
import { type HandoverRequest, runDirectory } from '@piranha/protocol';
import { handoverAnswerSchema, pulseStatusSchema } from '@piranha/protocol/schemas';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { codeText, terminalText } from '../../core/terminal-text.js';
import { askFor, requireAwake } from '../daemons.js';
import { type LvsctlIo, printJson } from '../io.js';
import type { CommonOptions } from '../options.js';

/** Longer than any handover takes, its undoing included, ms. */
const HANDOVER_LIMIT_MS = 120_000;
const STATUS_LIMIT_MS = 5_000;

export interface HandoverOptions extends CommonOptions {
  readonly to?: string;
  readonly force?: true;
  /** One group of addresses alone. */
  readonly group?: string;
}

/** `lvsctl handover`: gives the VIPs to the partner, and waits until that is done, refused or undone. */
export async function handover(io: LvsctlIo, options: HandoverOptions): Promise<ExitStatus> {
  const { pulseSocket } = runDirectory(options.runDir);
  const { force, group } = options;
  const to = options.to === undefined ? undefined : await nodeOf(options.to, pulseSocket);
  const request: HandoverRequest = { force, to, group };
  await requireAwake(pulseSocket);
  const answer = await askFor(handoverAnswerSchema, pulseSocket, 'handover', HANDOVER_LIMIT_MS, request);
  const { ok, text, durationMs, code } = answer;
  if (options.json) printJson(io, answer);
  else if (ok) io.stdout(`${terminalText(text)} (${Math.round(durationMs)} ms)\n`);
  else io.stderr(`lvsctl: not handed over: ${terminalText(text)}${codeText(code)}\n`);
  return ok ? EXIT.ok : EXIT.no;
}

/** The names of lvs.cf's director blocks; none where pulse does not tell. */
async function directorNames(pulseSocket: string): Promise<readonly string[]> {
  try {
    const { name, directors = [] } = await askFor(pulseStatusSchema, pulseSocket, 'status', STATUS_LIMIT_MS);
    return [...(name === undefined ? [] : [name]), ...directors.map((one) => one.name)];
  } catch (error) {
    // The request itself will tell what is wrong with pulse.
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** A director of lvs.cf, or a node with all its addresses, as this machine knows them. @throws UserError `NODE_UNKNOWN` */
async function nodeOf(name: string, pulseSocket: string): Promise<NonNullable<HandoverRequest['to']>> {
  const names = isIP(name) === 0 ? await directorNames(pulseSocket) : [];
  if (names.includes(name)) return { name, addresses: [] };
  try {
    const found = await lookup(name, { all: true });
    return { name, addresses: found.map(({ address }) => address) };
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UserError(`${name}: no address is known of it (${why})`, {
      code: 'NODE_UNKNOWN',
      hint:
        names.length === 0
          ? 'give an address of the partner, or a host name that this machine can resolve'
          : `lvs.cf names the directors ${names.join(', ')}; an address will do too`,
    });
  }
}
