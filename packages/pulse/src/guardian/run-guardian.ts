import { getPriority, setPriority } from 'node:os';
import { errorText, removePidFile, setProcessTitle, writePidFile } from '@piranha/common';
import { parentGone } from '@piranha/common/parent-channel';
import type { EventLog } from '@piranha/events';
import { ALIVE_INTERVAL_MS, ControlServer, type RunDirectory, runDirectory } from '@piranha/protocol';
import type { PulseOptions } from '../options.js';
import { raiseOwnPriority } from '../shell/priority.js';
import { openPulseLog } from '../shell/pulse-log.js';
import { Guardian } from './guardian.js';
import { parsePulseAlive } from './plan-schema.js';
import { inPlaceOf } from './replace-other.js';

/**
 * Runs the guardian until a signal ends it. When its parent gave it an IPC channel (as the demo does), the parent's
 * end ends it too.
 * @throws UserError `CONTROL_IN_USE` when a guardian answers on the socket already; as inPlaceOf
 */
export async function runGuardian(options: PulseOptions): Promise<void> {
  setProcessTitle('pulse', process.argv.slice(2));
  const files = runDirectory(options.runDirectory);
  const log = openPulseLog(options);
  // The worker inherits it.
  raiseOwnPriority('pulse', (nice) => setPriority(Math.min(nice, getPriority())), log);
  const begin = () => listening(files, options, log);
  const { guardian, server } = await (options.replace ? inPlaceOf(files.guardianPid, begin, log) : begin());
  const unwritten = writePidFile(files.guardianPid, process.pid);
  if (unwritten !== undefined) log.log('PULSE_STATE_UNWRITABLE', { problem: errorText(unwritten) });
  const beat = setInterval(() => server.broadcast('alive', { pid: process.pid }), ALIVE_INTERVAL_MS);
  guardian.start();

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await guardian.stop();
    clearInterval(beat);
    await server.close();
    removePidFile(files.guardianPid, process.pid);
    await log.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  process.on('SIGHUP', () => guardian.signal('SIGHUP'));
  void parentGone?.then(stop);
}

/** A guardian that can be asked and told, before it begins. */
async function listening(files: RunDirectory, options: PulseOptions, log: EventLog) {
  const guardian = new Guardian(files, options, log);
  const server = await ControlServer.listen({
    path: files.guardianSocket,
    methods: { status: () => guardian.status() },
    events: {
      'pulse.alive': (data, peer) => {
        const plan = parsePulseAlive(data);
        if (plan !== undefined) guardian.reported(plan, peer);
      },
    },
    onDisconnect: (peer) => guardian.disconnected(peer),
  });
  return { guardian, server };
}
