import { errorText } from '@piranha/common';
import { conflictsOf } from '../core/conflict.js';
import { type MachineState, NOTHING, type StateRecord, TUNNEL_DEVICE, type Wanted } from '../core/model.js';
import { needsOf } from '../core/needs.js';
import { planChange } from '../core/plan.js';
import { stepText } from '../core/render.js';
import { applySteps, notPermitted } from './apply-steps.js';
import { EXIT, failure } from './failure.js';
import { withLock } from './lock.js';
import { readMachine } from './machine.js';
import { runTool } from './run-tool.js';
import { StateFile } from './state-file.js';

/** Where lines for a person go. */
export type Tell = (line: string) => void;

/**
 * Makes the machine a real server for these VIPs and for no others.
 * @throws UserError `REALSERVER_...`
 */
export async function startRealServer(wanted: Wanted, runDirectory: string, tell: Tell): Promise<void> {
  await change(wanted, runDirectory, tell);
}

/**
 * Undoes what the record says.
 * @throws UserError `REALSERVER_...`
 */
export async function stopRealServer(runDirectory: string, tell: Tell): Promise<void> {
  await change(NOTHING, runDirectory, tell);
}

async function change(wanted: Wanted, runDirectory: string, tell: Tell): Promise<void> {
  if (process.getuid?.() !== 0) throw notPermitted('not permitted');
  const file = new StateFile(runDirectory);
  file.prepare();
  await withLock(runDirectory, async () => {
    const record = file.read();
    prepareTools(wanted);
    const seen = readMachine(wanted.arp === 'nft' || record.hasArpTable);
    refuseConflicts(wanted, seen, tell);
    carryOut(wanted, seen, record, file, tell);
  });
}

function carryOut(
  wanted: Wanted,
  seen: MachineState,
  record: StateRecord,
  file: StateFile,
  tell: Tell,
): void {
  const plan = planChange(wanted, seen, record);
  keep(file, plan.recordBefore);
  applySteps(plan.steps, (step) => tell(stepText(step)));
  keep(file, plan.recordAfter);
  for (const note of plan.notes) tell(`note: ${note}`);
  if (plan.steps.length === 0) tell('nothing to change');
}

/** Nothing is changed that is not written down. */
function keep(file: StateFile, record: StateRecord): void {
  try {
    file.write(record);
  } catch (error) {
    throw failure(
      'REALSERVER_RECORD',
      errorText(error),
      'the record cannot be kept: look at the run directory',
    );
  }
}

/** What must be there before anything is changed: the tunnel's interface, and nft where it shall be used. */
function prepareTools(wanted: Wanted): void {
  const { links, arpTable } = needsOf(wanted, { links: [] });
  if (arpTable !== undefined) {
    const { ok, message } = runTool('nft', ['list', 'tables', 'arp']);
    if (!ok) throw failure('REALSERVER_NFT', `nft: ${message}`, 'install nftables, or use --arp sysctl');
  }
  if (links.includes(TUNNEL_DEVICE)) ensureTunnel();
}

/** The module makes tunl0. It stays at a stop: other tunnels may use it by then. */
function ensureTunnel(): void {
  const isThere = () => readMachine(false).links.some(({ name }) => name === TUNNEL_DEVICE);
  if (isThere()) return;
  const { message } = runTool('modprobe', ['ipip']);
  if (isThere()) return;
  const hint = 'the kernel needs the module ipip; in a container the host loads it';
  throw failure('REALSERVER_NO_TUNNEL', `there is no ${TUNNEL_DEVICE}: ${message}`, hint);
}

function refuseConflicts(wanted: Wanted, seen: MachineState, tell: Tell): void {
  for (const { address, interface: name } of conflictsOf(wanted, seen)) {
    if (wanted.arp === 'nft') {
      const reason = `${address} is on ${name}: a table of nftables would cut it off`;
      throw failure('REALSERVER_CONFLICT', reason, 'on a director use --arp sysctl', EXIT.problem);
    }
    tell(`note: ${address} is on ${name} too, where ARP is answered: right only on the active director`);
  }
}
