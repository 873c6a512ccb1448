import { setTimeout as wait } from 'node:timers/promises';
import { readHeldFile, virtualAddressesOf, writeHeldFile } from '@piranha/addresses';
import { errorText, monotonicNowMs, UserError } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import { kernelDirector, SyncDaemonControl } from '@piranha/ipvs';
import { RouteNetlink } from '@piranha/net';
import type { RunDirectory } from '@piranha/protocol';
import { type AddressAdoption, adoptAddresses } from '../core/address-moves.js';
import {
  findIncumbents,
  type Incumbent,
  type IncumbentKind,
  type RunningProcess,
} from '../core/incumbents.js';
import { endFrozen, freeze, livingProcess } from './freeze.js';
import { giveBack } from './give-back.js';
import { moveAddresses, readForwarding } from './kernel-state.js';
import { readPulse, startPulse } from './our-daemons.js';
import { processesHere } from './processes.js';
import { removeAdoption, writeAdoption } from './record-file.js';

/** How long another holder of the addresses has to show itself, ms: longer than keepalived's 3.6 s at its defaults. */
const WATCH_MS = 5_000;
const WATCH_EVERY_MS = 200;

export interface AdoptOptions {
  readonly configFile: string;
  readonly configuration: LvsConfiguration;
  readonly files: RunDirectory;
  readonly kind: IncumbentKind;
  /** More words for pulse's command line. */
  readonly pulseWords: readonly string[];
  /** Ends the product instead of freezing it: there is no way back. */
  readonly isFinal: boolean;
  /** Told at each step that is done, with its duration. */
  onStep(step: string, durationMs: number): void;
}

/** Where the virtual addresses are now. @throws UserError `ADOPT_ADDRESSES` when pulse could not have them */
export function planAddresses(configuration: LvsConfiguration): AddressAdoption {
  const route = new RouteNetlink();
  try {
    const plan = adoptAddresses(virtualAddressesOf(configuration), route.links(), route.addresses());
    if (plan.problems.length === 0) return plan;
    throw new UserError(plan.problems.join('; '), {
      code: 'ADOPT_ADDRESSES',
      hint: 'adopt on the director that serves now, with an lvs.cf that names its addresses and devices',
    });
  } finally {
    route.close();
  }
}

/**
 * Takes table and addresses over from a product that serves: it is frozen, pulse starts active with what is there, and
 * nothing is ever away. What goes wrong on the way is undone, unless the product was ended.
 * @throws UserError `ADOPT_ADDRESSES`, `ADOPT_NOT_FROZEN`, `ADOPT_PULSE_FAILED`, `ADOPT_OTHER_HOLDER`,
 * `ADOPTION_RECORD_UNWRITABLE`
 */
export async function adopt(options: AdoptOptions): Promise<void> {
  const { files, kind, isFinal } = options;
  const running = findIncumbents(processesHere()).find((one) => one.kind === kind)?.processes ?? [];
  // Written down first: whatever ends this program from here on, there is a way back.
  await writeDown(options, running);
  let { processes }: Pick<Incumbent, 'processes'> = { processes: running };
  try {
    ({ processes } = await timed(options, `froze ${kind}`, () => freeze(kind)));
    const addresses = await writeDown(options, processes);
    // It holds the port of the heartbeats, for one.
    if (isFinal) endFrozen(processes);
    takeAddresses(files, addresses);
    await timed(options, 'pulse and lvsd took over', () =>
      startPulse(options.configFile, files, options.pulseWords),
    );
    await timed(options, 'nobody else claims the addresses', () => watchForOthers(files));
    // There is nothing left to give back to.
    if (isFinal) removeAdoption(files.adoption);
  } catch (error) {
    if (isFinal && !processes.some(livingProcess)) throw error;
    await giveBack({ files, processes }).catch((problem: unknown) => {
      throw new UserError(`${errorText(error)}; and it could not be undone: ${errorText(problem)}`, {
        code: 'ADOPT_HALF_DONE',
        hint: 'the service is as it is now: look at ip addr, ipvsadm -Ln and the frozen processes (state T in ps)',
      });
    });
    throw error;
  }
}

/** Records what there is now, and plans what becomes of the addresses. @throws UserError as adopt */
async function writeDown(
  { configFile, configuration, files, kind }: AdoptOptions,
  processes: readonly RunningProcess[],
): Promise<AddressAdoption> {
  const { ipvsadmPath } = configuration;
  const addresses = planAddresses(configuration);
  const forwarding = await readForwarding(
    kernelDirector(ipvsadmPath),
    new SyncDaemonControl(() => ipvsadmPath),
  );
  writeAdoption(files.adoption, {
    kind,
    configFile,
    ipvsadmPath,
    at: new Date().toISOString(),
    processes: processes.map(({ pid, startTicks }) => ({ pid, startTicks })),
    addresses: [...addresses.found],
    ...forwarding,
  });
  return addresses;
}

/** From now on pulse believes that it added the addresses, and removes them when it hands over. */
function takeAddresses(files: RunDirectory, { held, moves }: AddressAdoption): void {
  const before = readHeldFile(files.heldAddresses).held;
  const others = before.filter(({ address }) => !held.some((one) => one.address === address));
  const error = writeHeldFile(files.heldAddresses, [...others, ...held]);
  if (error !== undefined) throw new UserError(error.message, { code: 'ADOPTION_RECORD_UNWRITABLE' });
  moveAddresses(moves);
}

/** A partner of the frozen product may take over, since it hears nothing any more. */
async function watchForOthers(files: RunDirectory): Promise<void> {
  const deadlineMs = monotonicNowMs() + WATCH_MS;
  while (monotonicNowMs() < deadlineMs) {
    await wait(WATCH_EVERY_MS);
    const { history } = await readPulse(files);
    const other = history.find(({ event }) => event === 'PULSE_OTHER_HOLDER');
    if (other === undefined) continue;
    throw new UserError(`another machine took the addresses: ${other.text}`, {
      code: 'ADOPT_OTHER_HOLDER',
      hint: 'the partner of what served here took over: stop it there first, then adopt again',
    });
  }
}

async function timed<Result>(
  { onStep }: Pick<AdoptOptions, 'onStep'>,
  step: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const startMs = monotonicNowMs();
  const result = await work();
  onStep(step, monotonicNowMs() - startMs);
  return result;
}
