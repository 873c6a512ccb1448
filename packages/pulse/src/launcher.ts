import { spawn } from 'node:child_process';
import { binaryPath, patient, UserError } from '@piranha/common';
import { askOnce, ControlClient, type RunDirectory, runDirectory } from '@piranha/protocol';
import { guardianStatusSchema } from '@piranha/protocol/schemas';
import { runGuardian } from './guardian/run-guardian.js';
import { FORCE_ACTIVE, type PulseOptions, REPLACE, resolvedArguments } from './options.js';
import { HeartbeatSockets } from './shell/heartbeat-sockets.js';
import { type LoadedSettings, loadSettings } from './shell/load-settings.js';

/** How long a daemon may take until it answers, ms. */
const START_LIMIT_MS = patient(20_000);
const POLL_MS = 50;

/**
 * What `pulse` does: refuses what cannot work while a person still reads stderr, then becomes the guardian, in the
 * foreground or as a daemon.
 */
export async function launch(options: PulseOptions): Promise<void> {
  requireDirector(options.director);
  const loaded = await loadSettings(options.configFile, options);
  for (const warning of loaded.warnings) process.stderr.write(`${warning}\n`);
  if (options.testStart) return describe(loaded);
  requireActiveBackup(loaded);
  await requireKernel(options.director, loaded);
  const files = runDirectory(options.runDirectory);
  if (!options.replace) await refuseSecond(files.guardianSocket, options.runDirectory);
  await tryHeartbeatSockets(loaded, files.pulseSocket);
  return options.foreground ? runGuardian(options) : daemonise(options, files);
}

function requireDirector(director: string): void {
  if (['kernel', 'userspace', 'memory'].includes(director)) return;
  throw new UserError(`pulse: bad argument --director: ${director}`, {
    code: 'DIRECTOR_UNKNOWN',
    hint: 'kernel, userspace, or memory for tests',
  });
}

/** While a person still reads stderr: no IPVS, no ipvsadm or no right to use them is told before anything starts. */
async function requireKernel(director: string, { configuration }: LoadedSettings): Promise<void> {
  if (director !== 'kernel') return;
  const { kernelDirector } = await import('@piranha/ipvs');
  await kernelDirector(configuration.ipvsadmPath).readTable();
}

function requireActiveBackup({ settings, configuration }: LoadedSettings): void {
  if (settings.role === 'primary' || configuration.backupActive) return;
  throw new UserError('pulse: We are backup node and backup is marked inactive -- exiting pulse', {
    code: 'PULSE_BACKUP_INACTIVE',
    hint: 'set backup_active = 1, or --node primary if this node is the primary',
    exitCode: 255,
  });
}

async function refuseSecond(guardianSocket: string, directory: string): Promise<void> {
  try {
    (await ControlClient.connect({ path: guardianSocket })).close();
  } catch {
    return;
  }
  throw new UserError(`pulse: already running (${guardianSocket} answers)`, {
    code: 'PULSE_RUNNING',
    hint: `stop it first, or give another --run-dir than ${directory}`,
  });
}

/** Binds the heartbeat sockets once, unless a pulse that lost its guardian holds them. */
async function tryHeartbeatSockets(loaded: LoadedSettings, pulseSocket: string): Promise<void> {
  try {
    (await ControlClient.connect({ path: pulseSocket })).close();
    return;
  } catch {
    const quiet = { onDatagram: () => undefined, onSendChange: () => undefined };
    const port = loaded.configuration.heartbeatPort;
    (await HeartbeatSockets.open(loaded.paths, port, quiet)).close();
  }
}

function describe({ settings, paths, configuration }: LoadedSettings): void {
  const lines = [
    `role: ${settings.role}`,
    ...(settings.self === undefined
      ? []
      : [`director: ${settings.self.name}, ${settings.self.rank + 1} of ${configuration.directors.length}`]),
    `partner: ${settings.hasPartner ? 'yes' : 'none'}`,
    ...paths.map(
      ({ name, director, local, partner, multicast }) =>
        `${name} path${director === undefined ? '' : ` to ${director}`}: ${local} -> ${partner}${multicast === undefined ? '' : ` by group ${multicast}`} port ${configuration.heartbeatPort}`,
    ),
    `keepalive: ${settings.keepaliveMs} ms, deadtime: ${settings.deadtimeMs} ms`,
    `addresses: ${settings.vips.join(' ') || 'none'}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Whether pulse answers, and this guardian knows what it does: before that nobody may end either of them. */
async function serves(files: RunDirectory, guardianPid: number | undefined): Promise<boolean> {
  try {
    (await ControlClient.connect({ path: files.pulseSocket })).close();
    const status = await askOnce(files.guardianSocket, 'status', POLL_MS * 20);
    const { pid, phase } = guardianStatusSchema.parse(status);
    return pid === guardianPid && phase === 'watching';
  } catch {
    // Not yet.
    return false;
  }
}

async function daemonise(options: PulseOptions, files: RunDirectory): Promise<void> {
  const force = options.forceActive ? [FORCE_ACTIVE] : [];
  const replace = options.replace ? [REPLACE] : [];
  const args = [binaryPath('pulse'), ...resolvedArguments(options), ...force, ...replace];
  const child = spawn(process.execPath, args, {
    argv0: 'pulse',
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, PIRANHA_DAEMON: '1' },
  });
  let ended: string | undefined;
  child.on('exit', (code, signal) => {
    ended = signal ?? `status ${code}`;
  });
  child.on('error', (error) => {
    ended = error.message;
  });
  for (let waitedMs = 0; waitedMs < START_LIMIT_MS && ended === undefined; waitedMs += POLL_MS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    if (!(await serves(files, child.pid))) continue;
    child.unref();
    process.exit(0);
  }
  throw new UserError(`pulse: did not start (${ended ?? 'no answer in time'})`, {
    code: 'PULSE_NOT_STARTED',
    hint: 'the log says why; pulse -n shows it on the terminal',
  });
}
