import { errorText, LeaveMark, setProcessTitle, UserError, writePidFile } from '@piranha/common';
import { type LoadOccasion, loadAside, loadFor } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import { raisePriority } from '@piranha/net';
import { Notifier } from '@piranha/notify';
import {
  ALIVE_INTERVAL_MS,
  ControlServer,
  type ControlServerOptions,
  DIRECTORS_VARIABLE,
  RESTARTED_VARIABLE,
  type ReloadAnswer,
  type RunDirectory,
  runDirectory,
  SPOKEN_VARIABLE,
} from '@piranha/protocol';
import { addressQuestions } from '../core/settings.js';
import type { PulseStart } from '../core/types.js';
import { commonDaemonArguments, type PulseOptions } from '../options.js';
import type { Backend } from './backend.js';
import { leaveAll, requireLeave, shutDown, type WorkerChildren } from './end-worker.js';
import { FailureBoard } from './failure-board.js';
import { groupsFound } from './groups-found.js';
import { GuardianLink } from './guardian-link.js';
import { KernelBackend } from './kernel-backend.js';
import { keepProtocol, type LoadedSettings, requireSpokenDirectors, settingsOf } from './load-settings.js';
import { LvsdWord } from './lvsd-word.js';
import { MaintenanceFile } from './maintenance-file.js';
import type { PolicyParts } from './node-policy.js';
import { raiseOwnPriority } from './priority.js';
import { openPulseLog } from './pulse-log.js';
import { reloadSafely } from './reload-safely.js';
import { readSavedState } from './saved-state.js';
import { SupervisedDaemon } from './supervised-daemon.js';
import { PartnerSync } from './sync/partner-sync.js';
import { UserspaceBackend } from './userspace-backend.js';
import { PulseWorker } from './worker.js';

/** Serves until it is told to stop. A start that is refused is told in the log: behind a guardian nobody reads stderr. */
export async function runWorker(options: PulseOptions): Promise<void> {
  setProcessTitle('pulse-worker', process.argv.slice(2));
  const log = openPulseLog(options);
  raiseOwnPriority('pulse-worker', raisePriority, log);
  try {
    await serve(options, log);
  } catch (error) {
    if (error instanceof UserError) {
      const { message, code, hint } = error;
      log.log('PULSE_START_REFUSED', { problem: message.split('\n').at(-1), code, hint });
      await log.close();
    }
    throw error;
  }
}

/** Starts the children, decides how to begin, and serves. */
async function serve(options: PulseOptions, log: EventLog): Promise<void> {
  const files = runDirectory(options.runDirectory);
  const load = (occasion: LoadOccasion): Promise<LoadedSettings> =>
    loadOrLastGood(options, files, log, occasion);
  const loaded = await loadToStart(load, log);
  const unwritten = writePidFile(files.pulsePid, process.pid);
  if (unwritten !== undefined) log.log('PULSE_STATE_UNWRITABLE', { problem: errorText(unwritten) });
  const failures = new FailureBoard((event) => worker.dispatch(event));
  const insists = (group: string) => worker.insists(group);
  let inUse = (): LoadedSettings => loaded;
  const parts = buildParts({ options, files, log, loaded, inUse: () => inUse(), failures, insists });
  const notifier = new Notifier(loaded.configuration.notify, { log });
  const worker = new PulseWorker(
    {
      ...parts,
      notifier,
      files,
      configFile: options.configFile,
      log,
      onChange: () => link.reportNow(),
      onExit: () => void shutDown({ files, log, parts, notifier, closeSockets }, worker.partnerServes),
    },
    loaded,
  );
  inUse = () => worker.inUse;
  const link = new GuardianLink(
    files,
    options.foreground,
    log,
    () => worker.alive(),
    (stoodIn) => worker.stoodIn(stoodIn),
  );
  parts.backend.start();
  if (loaded.configuration.standby === 'warm') parts.lvsd.start();

  const adopt = process.env.PIRANHA_ADOPT === '1';
  const { how, left } = await decideStart(options, adopt, parts.backend);
  const saved = goesOn(how) ? readSavedState(files.pulseState) : undefined;
  const found = goesOn(how) ? groupsFound(loaded.configuration, how, saved, left) : undefined;
  await worker.start(how, saved, found);
  failures.open();
  const reload = async () => {
    const answer = await reloadSafely(worker, () => load('reload'), log);
    await sync.refresh();
    return answer;
  };
  const sync = partnerSync({ options, worker, reload, lvsd: parts.lvsd, log });
  // Nothing waits for it: a pulse that is started again has to serve.
  void sync.refresh();
  const leaving = new LeaveMark();
  const server = await ControlServer.listen({
    path: files.pulseSocket,
    methods: controlMethods({ worker, sync, reload, leaving, backend: parts.backend }),
  });
  const beat = setInterval(() => server.broadcast('alive', { pid: process.pid }), ALIVE_INTERVAL_MS);
  const closeSockets = async (): Promise<void> => {
    clearInterval(beat);
    link.stop();
    sync.close();
    worker.close();
    await server.close();
  };
  link.start();
  process.on('SIGHUP', () => void reload());
  onEndSignals((signal) => {
    if (leaving.isSet()) {
      link.reportLeft();
      void leaveAll({ files, log, parts, notifier, closeSockets });
    } else worker.dispatch({ type: 'shutdown', signal });
  });
}

interface SyncNeeds {
  readonly options: PulseOptions;
  readonly worker: PulseWorker;
  readonly reload: () => Promise<ReloadAnswer>;
  readonly lvsd: SupervisedDaemon;
  readonly log: EventLog;
}

function partnerSync({ options, worker, reload, lvsd, log }: SyncNeeds): PartnerSync {
  const host = {
    configFile: options.configFile,
    loaded: () => worker.inUse,
    reload,
    lvsd: () => lvsd.connection,
    partnerLife: () => worker.partnerLife,
  };
  return new PartnerSync(host, log);
}

interface ControlNeeds {
  readonly worker: PulseWorker;
  readonly sync: PartnerSync;
  readonly reload: () => Promise<ReloadAnswer>;
  readonly leaving: LeaveMark;
  readonly backend: Backend;
}

/** What pulse's socket can be asked. */
function controlMethods({
  worker,
  sync,
  reload,
  leaving,
  backend,
}: ControlNeeds): ControlServerOptions['methods'] {
  const { moves } = worker.policy;
  return {
    status: () => worker.status(),
    heartbeats: () => worker.heartbeats(),
    reload,
    handover: (params) => moves.handover(params),
    standby: (params) => moves.standby(params),
    'sync.file': (params) => sync.file(params),
    'sync.copy': (params) => sync.copy(params),
    leave: () => {
      requireLeave(backend);
      leaving.set();
      return null;
    },
  };
}

function onEndSignals(end: (signal: NodeJS.Signals) => void): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(signal));
}

/** The settings to begin with; the protocol and the directors stay those that the others were heard by. */
async function loadToStart(
  load: (occasion: LoadOccasion) => Promise<LoadedSettings>,
  log: EventLog,
): Promise<LoadedSettings> {
  const loaded = await load(process.env[RESTARTED_VARIABLE] === '1' ? 'restart' : 'start');
  const spoken = process.env[SPOKEN_VARIABLE];
  requireSpokenDirectors(loaded, spoken, process.env[DIRECTORS_VARIABLE]);
  const kept = keepProtocol(loaded, spoken);
  if (kept !== loaded) log.log('PULSE_PROTOCOL_KEPT');
  return kept;
}

/** A restart on a file that broke since goes on with the last good one; every other broken file is refused. */
async function loadOrLastGood(
  options: PulseOptions,
  files: RunDirectory,
  log: EventLog,
  occasion: LoadOccasion,
): Promise<LoadedSettings> {
  const { configFile, role, name } = options;
  // Whoever serves has heartbeats to send meanwhile.
  const read = occasion === 'reload' ? loadAside : loadFor;
  const loaded = await read(occasion, configFile, files.lastGoodConfiguration);
  if (loaded.usesLastGood) log.log('PULSE_CONFIG_LAST_GOOD', { file: configFile });
  return settingsOf(loaded.result, configFile, role, name);
}

/** Another lvsd than the suite's own may not know the word. */
function stateWords({ lvsdPath, stateDirectory }: PulseOptions): string[] {
  return lvsdPath === undefined ? ['--state-dir', stateDirectory] : [];
}

interface PartsNeeds {
  readonly options: PulseOptions;
  readonly files: RunDirectory;
  readonly log: EventLog;
  readonly loaded: LoadedSettings;
  /** What is in use now. */
  readonly inUse: () => LoadedSettings;
  readonly failures: FailureBoard;
  readonly insists: (group: string) => boolean;
}

type Parts = WorkerChildren & Pick<PolicyParts, 'lvsdWord' | 'maintenance'>;

function buildParts({ options, files, log, loaded, inUse, failures, insists }: PartsNeeds): Parts {
  const lvsdWord = new LvsdWord();
  const policy = { lvsdWord, maintenance: new MaintenanceFile(options.stateDirectory, log) };
  const args = commonDaemonArguments(options);
  const common = { inheritOutput: options.foreground, log };
  const lvsd = new SupervisedDaemon({
    ...common,
    name: 'lvsd',
    ...(options.lvsdPath === undefined ? {} : { program: options.lvsdPath }),
    args: [
      '-c',
      options.configFile,
      '--nofork',
      '--director',
      options.director,
      ...stateWords(options),
      ...args,
    ],
    socketPath: files.lvsdSocket,
    pidFile: files.lvsdPid,
    onAlive: (data) => lvsdWord.heard(data),
    onDisconnected: () => lvsdWord.lost(),
    onBroken: (broken) => failures.child('lvsd', broken),
  });
  if (options.director === 'userspace') {
    const onBroken = (broken: boolean): void => failures.child('ipvsu', broken);
    const backend = new UserspaceBackend({ ...common, files, args, onBroken }, loaded.configuration);
    return { ...policy, lvsd, backend };
  }
  const backend = new KernelBackend(
    {
      files,
      log,
      hasIpvs: options.director === 'kernel',
      insists,
      ...addressQuestions(() => inUse().settings),
      onLinkProblems: (problems) => failures.links(problems, log),
    },
    loaded.configuration,
  );
  return { ...policy, lvsd, backend };
}

/** Whether this process takes up what an earlier one held. */
function goesOn({ type }: PulseStart): boolean {
  return type === 'adopt' || type === 'leftover';
}

async function decideStart(
  options: PulseOptions,
  adopt: boolean,
  backend: Backend,
): Promise<{ readonly how: PulseStart; readonly left: readonly string[] }> {
  // Nothing may delay an adoption: the partner is told "running" by a guardian that waits for us.
  if (adopt) return { how: { type: 'adopt' }, left: [] };
  if (options.forceActive) return { how: { type: 'forced' }, left: [] };
  const left = await backend.leftovers();
  return { how: { type: left.length > 0 ? 'leftover' : 'fresh' }, left };
}
