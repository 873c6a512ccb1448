import { readFileSync } from 'node:fs';
import { errorText, removePidFile, SUITE_VERSION, setProcessTitle, writePidFile } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import { runDirectory } from '@piranha/protocol';
import { type Control, serveControl } from './control.js';
import { Engine } from './engine.js';
import { openLog } from './log.js';
import { HELP, type IpvsuOptions, readOptions } from './options.js';

/** Descriptors that are not connections: listeners, sockets of the control plane, Node's own. */
const SPARE_DESCRIPTORS = 128;

/** Runs ipvsu until SIGTERM or SIGINT. */
export async function runIpvsu(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  if (options.wantsHelp || options.wantsVersion) {
    process.stdout.write(options.wantsHelp ? HELP : `ipvsu ${SUITE_VERSION}\n`);
    return;
  }
  setProcessTitle('ipvsu', args);
  const log = openLog(options);
  const engine = new Engine({ log, connectionLimit: usableConnections(options, log) });
  const paths = runDirectory(options.runDirectory);
  const control = await serveControl(paths.ipvsuSocket, engine);
  const unwritten = writePidFile(paths.ipvsuPid, process.pid);
  if (unwritten !== undefined) log.log('IPVSU_STATE_UNWRITABLE', { problem: errorText(unwritten) });
  log.log('IPVSU_STARTED', { version: SUITE_VERSION, socket: paths.ipvsuSocket });
  const stop = () => void shutDown({ engine, control, log, pidFile: paths.ipvsuPid });
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

interface Running {
  readonly engine: Engine;
  readonly control: Control;
  readonly log: EventLog;
  readonly pidFile: string;
}

async function shutDown({ engine, control, log, pidFile }: Running): Promise<void> {
  engine.close();
  await control.close();
  removePidFile(pidFile, process.pid);
  log.log('IPVSU_STOPPED');
  await log.close();
  process.exit(0);
}

/** A connection takes two descriptors; more than the process may open would only fail later. */
function usableConnections({ connectionLimit }: IpvsuOptions, log: EventLog): number {
  const text = readFileSync('/proc/self/limits', 'utf8');
  const openFiles = Number(/^Max open files\s+(\d+)/m.exec(text)?.[1] ?? Number.POSITIVE_INFINITY);
  const fitting = Math.max(1, Math.floor((openFiles - SPARE_DESCRIPTORS) / 2));
  if (fitting >= connectionLimit) return connectionLimit;
  log.log('IPVSU_FEW_DESCRIPTORS', { limit: fitting, openFiles });
  return fitting;
}
