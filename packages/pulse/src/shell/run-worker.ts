import { rmSync } from 'node:fs';
import { removePidFile, setProcessTitle, writePidFile } from '@piranha/common';
import { loadWithLastGood } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import {
  ALIVE_INTERVAL_MS,
  type ControlClient,
  ControlServer,
  RESTARTED_VARIABLE,
  type RunDirectory,
  runDirectory,
  type VipAnswer,
} from '@piranha/protocol';
import type { PulseEvent, PulseStart } from '../core/types.js';
import { commonDaemonArguments, type PulseOptions } from '../options.js';
import { UserspaceAddresses } from './addresses.js';
import { GuardianLink } from './guardian-link.js';
import { type LoadedSettings, settingsOf } from './load-settings.js';
import { openPulseLog } from './pulse-log.js';
import { readSavedState, removeSavedState } from './saved-state.js';
import { SupervisedDaemon } from './supervised-daemon.js';
import { PulseWorker, reloadSafely } from './worker.js';

/** How long a start looks for addresses that an earlier pulse left held, ms. */
const LEFTOVER_LIMIT_MS = 10_000;

/** Starts the children, decides how to begin, and serves until it is told to stop. */
export async function runWorker(options: PulseOptions): Promise<void> {
  setProcessTitle('pulse-worker', process.argv.slice(2));
  const files = runDirectory(options.runDirectory);
  const log = openPulseLog(options);
  const load = (isRestart: boolean): Promise<LoadedSettings> =>
    loadOrLastGood(options, files, log, isRestart);
  const loaded = await load(process.env[RESTARTED_VARIABLE] === '1');
  writePidFile(files.pulsePid, process.pid);
  const parts = buildParts(options, files, log);
  const worker = new PulseWorker(
    {
      ...parts,
      files,
      configFile: options.configFile,
      log,
      onChange: () => link.reportNow(),
      onExit: () => void shutDown(files, log, parts, closeSockets),
    },
    loaded,
  );
  const link = new GuardianLink(files, options.foreground, log, () => worker.alive());
  parts.onBroken = (what, broken) => worker.dispatch(brokenEvent(what, broken));
  const leftovers = firstHeldAddresses(parts);
  parts.ipvsu.start();
  if (loaded.configuration.standby === 'warm') parts.lvsd.start();

  const adopt = process.env.PIRANHA_ADOPT === '1';
  const saved = adopt ? readSavedState(files.pulseState) : undefined;
  const how = await decideStart(options, adopt, leftovers);
  await worker.start(how, saved === undefined ? undefined : new Date(saved.since));
  const reload = () => reloadSafely(worker, () => load(false), log);
  const server = await ControlServer.listen({
    path: files.pulseSocket,
    methods: { status: () => worker.status(), reload, handover: () => worker.handover() },
  });
  const beat = setInterval(() => server.broadcast('alive', { pid: process.pid }), ALIVE_INTERVAL_MS);
  const closeSockets = async (): Promise<void> => {
    clearInterval(beat);
    link.stop();
    worker.close();
    await server.close();
  };
  link.start();
  process.on('SIGHUP', () => void reload());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => worker.dispatch({ type: 'shutdown', signal }));
  }
}

/** A restart on a file that broke since goes on with the last good one; every other broken file is refused. */
async function loadOrLastGood(
  options: PulseOptions,
  files: RunDirectory,
  log: EventLog,
  isRestart: boolean,
): Promise<LoadedSettings> {
  const { configFile, role } = options;
  const loaded = await loadWithLastGood(configFile, files.lastGoodConfiguration, isRestart);
  if (loaded.usesLastGood) log.log('PULSE_CONFIG_LAST_GOOD', { file: configFile });
  return settingsOf(loaded.result, configFile, role);
}

function brokenEvent(what: string, broken: boolean): PulseEvent {
  return broken ? { type: 'localFailure', what: `${what} does not stay up` } : { type: 'localRecovered' };
}

/** The last steps of a clean stop: the addresses are down already. */
async function shutDown(
  files: RunDirectory,
  log: EventLog,
  parts: Parts,
  closeSockets: () => Promise<void>,
): Promise<void> {
  await parts.lvsd.stop();
  await parts.ipvsu.stop();
  await closeSockets();
  removeSavedState(files.pulseState);
  rmSync(files.lastGoodConfiguration, { force: true });
  removePidFile(files.pulsePid, process.pid);
  await log.close();
  process.exit(0);
}

/** What ipvsu holds at our first connection to it: addresses that an earlier pulse left. */
function firstHeldAddresses(parts: Parts): Promise<readonly string[]> {
  return new Promise((resolve) => {
    parts.onIpvsu = (client) => void heldAddresses(client).then(resolve);
    setTimeout(() => resolve([]), LEFTOVER_LIMIT_MS).unref();
  });
}

interface Parts {
  readonly lvsd: SupervisedDaemon;
  readonly ipvsu: SupervisedDaemon;
  readonly addresses: UserspaceAddresses;
  onBroken: (what: string, broken: boolean) => void;
  /** Called at each connection to ipvsu. */
  onIpvsu: (client: ControlClient) => void;
}

function buildParts(options: PulseOptions, files: RunDirectory, log: EventLog): Parts {
  const args = commonDaemonArguments(options);
  const common = { inheritOutput: options.foreground, log };
  const ipvsu: SupervisedDaemon = new SupervisedDaemon({
    ...common,
    name: 'ipvsu',
    args,
    socketPath: files.ipvsuSocket,
    pidFile: files.ipvsuPid,
    onBroken: (broken) => parts.onBroken('ipvsu', broken),
    onConnected: (client) => {
      parts.onIpvsu(client);
      addresses.restore();
    },
  });
  const lvsd = new SupervisedDaemon({
    ...common,
    name: 'lvsd',
    ...(options.lvsdPath === undefined ? {} : { program: options.lvsdPath }),
    args: ['-c', options.configFile, '--nofork', '--director', options.director, ...args],
    socketPath: files.lvsdSocket,
    pidFile: files.lvsdPid,
    onBroken: (broken) => parts.onBroken('lvsd', broken),
  });
  const addresses = new UserspaceAddresses(
    () => ipvsu.connection,
    (problem) => log.log('PULSE_TAKE_SLOW', { problem }),
  );
  const parts: Parts = { lvsd, ipvsu, addresses, onBroken: () => undefined, onIpvsu: () => undefined };
  return parts;
}

async function heldAddresses(client: ControlClient): Promise<readonly string[]> {
  try {
    return ((await client.call('vip.list')) as VipAnswer).held;
  } catch {
    return [];
  }
}

async function decideStart(
  options: PulseOptions,
  adopt: boolean,
  firstList: Promise<readonly string[]>,
): Promise<PulseStart> {
  // Nothing may delay an adoption: the partner is told "running" by a guardian that waits for us.
  if (adopt) return { type: 'adopt' };
  if (options.forceActive) return { type: 'forced' };
  return (await firstList).length > 0 ? { type: 'leftover' } : { type: 'fresh' };
}
