import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNowMs, SUITE_VERSION } from '@piranha/common';
import { type AnnouncementTarget, Announcer } from '@piranha/net';
import { type AnnounceCommand, readCommandLine } from '../core/command-line.js';
import { HELP } from '../core/help.js';
import { readTargets } from '../core/targets.js';
import { announceOnSchedule } from './announce.js';
import { readWords } from './read-input.js';
import { sendOriginal } from './send-original.js';
import { openSocket, refusal } from './user-errors.js';

/**
 * Runs send_arp with the words after the program's name.
 * @throws UserError with one of the codes `SEND_ARP_...`
 */
export async function runSendArp(args: readonly string[]): Promise<void> {
  const command = readCommandLine(args);
  switch (command.kind) {
    case 'wrong':
      throw refusal(command);
    case 'help':
      return print(HELP.trimEnd());
    case 'version':
      return print(`send_arp ${SUITE_VERSION}`);
    case 'original':
      return sendOriginal(command, print);
    case 'announce':
      return await announce(command);
  }
}

async function announce(command: AnnounceCommand): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
  // Output that nobody reads any more must not end the announcements.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  // Without the privilege there is one clear line, not one for each address.
  openSocket().close();
  const targets = command.targets === 'stdin' ? await targetsOfStdin() : command.targets;
  const announcer = new Announcer({ form: command.form, ...(command.verbose ? { onLine: print } : {}) });
  try {
    await announceOnSchedule(targets, command.scheduleMs, {
      announcer,
      nowMs: monotonicNowMs,
      sleep: (durationMs) => sleep(durationMs),
      onProblem: (line) => void process.stderr.write(`send_arp: ${line}\n`),
    });
  } finally {
    announcer.close();
  }
}

async function targetsOfStdin(): Promise<readonly AnnouncementTarget[]> {
  const targets = readTargets(await readWords(process.stdin));
  if ('kind' in targets) throw refusal(targets);
  return targets;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
