import { SUITE_VERSION } from '@piranha/common';
import { readCommandLine } from '../core/command-line.js';
import { HELP } from '../core/help.js';
import { startRealServer, stopRealServer } from './change.js';
import { refusal } from './failure.js';
import { showCheck, showStatus } from './inspect.js';
import { readDuties } from './source.js';

/**
 * Runs lvs-realserver with the words after the program's name.
 * @throws UserError with one of the codes `REALSERVER_...`
 */
export async function runRealServer(args: readonly string[]): Promise<void> {
  // A reader that went away, as in `lvs-realserver start | head -1`, does not stop what was begun.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const command = readCommandLine(args);
  switch (command.kind) {
    case 'wrong':
      throw refusal(command);
    case 'help':
      return print(HELP.trimEnd());
    case 'version':
      return print(`lvs-realserver ${SUITE_VERSION}`);
    case 'start': {
      const { vips, remarks } = await readDuties(command.source);
      for (const remark of remarks) print(`note: ${remark}`);
      const { arp, pathMtuBytes, runDirectory } = command;
      if (pathMtuBytes > 0 && vips.every(({ method }) => method !== 'tunnel')) {
        print('note: --path-mtu does nothing: no VIP comes through a tunnel');
      }
      return startRealServer({ vips, arp, pathMtuBytes }, runDirectory, print);
    }
    case 'stop':
      return stopRealServer(command.runDirectory, print);
    case 'status':
      process.exitCode = showStatus(command.runDirectory, command.json, print);
      return;
    case 'check':
      process.exitCode = await showCheck(command.source, command.runDirectory, command.json, print);
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
