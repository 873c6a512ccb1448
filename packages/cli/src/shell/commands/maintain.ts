import { setTimeout as wait } from 'node:timers/promises';
import { monotonicNowMs, patient, UserError } from '@piranha/common';
import {
  type MaintainedServer,
  type MaintenanceAnswer,
  type MaintenanceRequest,
  runDirectory,
} from '@piranha/protocol';
import { maintenanceAnswerSchema } from '@piranha/protocol/schemas';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { progressText, serverText } from '../../core/render-maintenance.js';
import { codeText, terminalText } from '../../core/terminal-text.js';
import { askFor, isUnreachable, requireAwake } from '../daemons.js';
import { type LvsctlIo, printJson } from '../io.js';
import type { CommonOptions } from '../options.js';
import { whoAsks } from '../who-asks.js';

const ANSWER_LIMIT_MS = patient(15_000);
const LOOK_EVERY_MS = 500;
/** A lvsd that is replaced meanwhile goes on with the drain. */
const ABSENCE_LIMIT_MS = patient(15_000);

export interface MaintainOptions extends CommonOptions {
  readonly reason?: string;
  readonly timeout?: number;
  readonly force?: true;
  /** Of drain alone. */
  readonly wait?: boolean;
}

/** `lvsctl drain|undrain|disable|enable SERVER`. */
export async function maintain(
  io: LvsctlIo,
  action: MaintenanceRequest['action'],
  server: string,
  options: MaintainOptions,
): Promise<ExitStatus> {
  const { reason, timeout: timeoutSeconds, force } = options;
  const request: MaintenanceRequest = { action, server, by: whoAsks(), reason, timeoutSeconds, force };
  const { lvsdSocket } = runDirectory(options.runDir);
  const answer = await giveOrder(lvsdSocket, request);
  if (!answer.ok) return refused(io, request, answer, options);
  if (action !== 'drain' || options.wait === false) {
    if (options.json) printJson(io, answer);
    else for (const placed of answer.servers) io.stdout(`${terminalText(doneText(action, placed))}\n`);
    return EXIT.ok;
  }
  const { ok, text, servers } = await new DrainWatch(io, lvsdSocket, options).run(answer.servers);
  if (options.json) printJson(io, { ok, text, servers });
  else if (!ok) io.stderr(`lvsctl: ${terminalText(text)}\n`);
  return ok ? EXIT.ok : EXIT.no;
}

/**
 * Gives the order. A lvsd that is replaced before it answers is told to take the servers out once more: the same order again
 * changes nothing.
 */
async function giveOrder(socket: string, request: MaintenanceRequest): Promise<MaintenanceAnswer> {
  await requireAwake(socket, 'maintenance.record');
  const isRepeatable = request.action === 'drain' || request.action === 'disable';
  const deadlineMs = monotonicNowMs() + ABSENCE_LIMIT_MS;
  for (let wasLost = false; ; ) {
    try {
      return await askFor(maintenanceAnswerSchema, socket, 'maintain', ANSWER_LIMIT_MS, request);
    } catch (error) {
      wasLost ||= error instanceof UserError && error.code === 'CONTROL_UNREACHABLE';
      const goesOn = isRepeatable && wasLost && isAway(error) && monotonicNowMs() < deadlineMs;
      if (!goesOn) throw withDoubt(error);
    }
    await wait(LOOK_EVERY_MS);
  }
}

/** Where no answer comes the order may be obeyed all the same: whoever gave it has to know that. */
function withDoubt(error: unknown): unknown {
  if (!isUnreachable(error)) return error;
  const { message, code, exitCode } = error;
  const hint = 'the order may have been taken all the same: lvsctl status tells';
  return new UserError(message, { code, hint, exitCode });
}

function refused(
  io: LvsctlIo,
  { action, server, force }: MaintenanceRequest,
  answer: MaintenanceAnswer,
  { json }: CommonOptions,
): ExitStatus {
  if (json) printJson(io, answer);
  else {
    const takesOut = action === 'drain' || action === 'disable';
    const hint = takesOut && !force ? 'lvsctl: hint: --force does it all the same\n' : '';
    io.stderr(
      `lvsctl: ${action} ${terminalText(server)} is refused, nothing was changed: ${terminalText(answer.text)}${codeText(answer.code)}\n${hint}`,
    );
  }
  return EXIT.no;
}

function doneText(action: MaintenanceRequest['action'], placed: MaintainedServer): string {
  return placed.maintenance === undefined && (action === 'enable' || action === 'undrain')
    ? `${serverText(placed)}: in service as its check says`
    : progressText(placed);
}

/** Looks on until every server is drained, somebody ends the drain, or Ctrl-C ends the looking. */
class DrainWatch {
  private readonly controller = new AbortController();
  private readonly shown = new Map<string, string>();

  constructor(
    private readonly io: LvsctlIo,
    private readonly socket: string,
    private readonly options: CommonOptions,
  ) {}

  async run(begun: readonly MaintainedServer[]): Promise<MaintenanceAnswer> {
    const stop = (): void => this.controller.abort();
    const signals = ['SIGINT', 'SIGTERM'] as const;
    for (const signal of signals) process.on(signal, stop);
    try {
      return await this.watch(begun);
    } finally {
      for (const signal of signals) process.off(signal, stop);
    }
  }

  private async watch(begun: readonly MaintainedServer[]): Promise<MaintenanceAnswer> {
    let servers = begun;
    const gone = aborted(this.controller.signal);
    for (;;) {
      this.show(servers);
      const text = endOf(servers);
      if (text !== undefined) return { ok: text === '', text, servers };
      await wait(LOOK_EVERY_MS, undefined, { signal: this.controller.signal }).catch(() => undefined);
      if (this.controller.signal.aborted) {
        const names = begun.map(serverText).join(', ');
        return {
          ok: false,
          text: `the drain of ${names} goes on: lvsctl undrain ends it, lvsctl status shows it`,
          servers,
        };
      }
      const looking = this.look();
      looking.catch(() => undefined);
      const out = await Promise.race([looking, gone]);
      // A reload may have given the server another name: its place is the same.
      if (out !== undefined) {
        servers = begun.map(
          ({ maintenance: _, ...placed }) => out.get(idOf(placed)) ?? out.get(placed.place) ?? placed,
        );
      }
    }
  }

  /** Servers that are out by order. A lvsd that is not there is waited for. */
  private async look(): Promise<ReadonlyMap<string, MaintainedServer>> {
    const deadlineMs = monotonicNowMs() + ABSENCE_LIMIT_MS;
    for (;;) {
      try {
        const { servers } = await askFor(
          maintenanceAnswerSchema,
          this.socket,
          'maintenance',
          ANSWER_LIMIT_MS,
        );
        return new Map(
          servers.flatMap((placed): [string, MaintainedServer][] => [
            [placed.place, placed],
            [idOf(placed), placed],
          ]),
        );
      } catch (error) {
        const isOver = monotonicNowMs() >= deadlineMs || this.controller.signal.aborted;
        if (!isAway(error) || isOver) throw error;
        await wait(LOOK_EVERY_MS);
      }
    }
  }

  /** A line for each server whose line has changed. */
  private show(servers: readonly MaintainedServer[]): void {
    if (this.options.json) return;
    for (const placed of servers) {
      // Nobody knows here whether it serves again or has left lvs.cf.
      if (placed.maintenance === undefined) continue;
      const text = progressText(placed);
      if (this.shown.get(idOf(placed)) === text) continue;
      this.shown.set(idOf(placed), text);
      this.io.stdout(`${terminalText(text)}\n`);
    }
  }
}

/** Not there, or so new that it has not read its table yet. */
function isAway(error: unknown): boolean {
  return isUnreachable(error) || (error instanceof UserError && error.code === 'LVSD_NOT_LOADED');
}

/** Resolves at Ctrl-C: a lvsd that hangs must not hold up who wants to go. */
function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** Two blocks may share a place. */
function idOf({ service, server, place }: MaintainedServer): string {
  return `${service}\n${server}\n${place}`;
}

/** Empty when all are drained, why it ended otherwise, or undefined while some are under way. */
function endOf(servers: readonly MaintainedServer[]): string | undefined {
  const ended = servers.filter(({ maintenance }) => maintenance?.kind !== 'drain');
  if (ended.length > 0) return endedText(ended);
  return servers.every(({ maintenance }) => maintenance?.phase === 'drained') ? '' : undefined;
}

/** A drain that is over because lvs.cf no longer has the server looks like one that somebody ended. */
function endedText(ended: readonly MaintainedServer[]): string {
  const names = ended.map(serverText).join(', ');
  const isDisabled = ended.every(({ maintenance }) => maintenance?.kind === 'disable');
  return isDisabled
    ? `somebody else ended the drain of ${names}: disabled, out of the table`
    : `somebody else ended the drain of ${names}, or took it out of lvs.cf: lvsctl status shows it`;
}
