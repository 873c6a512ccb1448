import { errorText } from '@piranha/common';
import { conflictsOf } from '../core/conflict.js';
import {
  type MachineState,
  NOTHING,
  type StateRecord,
  TUNNEL_IPV4,
  TUNNEL_IPV6,
  type Tunnel,
  type Wanted,
} from '../core/model.js';
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
export function startRealServer(wanted: Wanted, runDirectory: string, tell: Tell): void {
  change(wanted, runDirectory, tell);
}

/**
 * Undoes what the record says.
 * @throws UserError `REALSERVER_...`
 */
export function stopRealServer(runDirectory: string, tell: Tell): void {
  change(NOTHING, runDirectory, tell);
}

function change(wanted: Wanted, runDirectory: string, tell: Tell): void {
  if (process.getuid?.() !== 0) throw notPermitted('not permitted');
  const file = new StateFile(runDirectory);
  file.prepare();
  withLock(runDirectory, () => {
    const record = file.read();
    prepareTools(wanted);
    const seen = readMachine(needsNft(wanted) || record.hasArpTable || record.hasSegmentTable);
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
      `the record is not written: ${errorText(error)}`,
      'look at the run directory and its disk; nothing is changed that is not recorded',
    );
  }
}

/** What must be there before anything is changed: the tunnels' interfaces, and nft where it shall be used. */
function prepareTools(wanted: Wanted): void {
  const { links } = needsOf(wanted, { links: [] });
  if (needsNft(wanted)) {
    const { ok, message } = runTool('nft', ['list', 'tables']);
    const hint = 'install nftables, or do without --arp nft and --path-mtu';
    if (!ok) throw failure('REALSERVER_NFT', `nft: ${message}`, hint);
  }
  for (const tunnel of [TUNNEL_IPV4, TUNNEL_IPV6]) {
    if (links.includes(tunnel.device)) ensureTunnel(tunnel);
  }
}

function needsNft(wanted: Wanted): boolean {
  const { arpTable, segmentTable } = needsOf(wanted, { links: [] });
  return arpTable !== undefined || segmentTable !== undefined;
}

/** The module makes the interface. It stays at a stop: other tunnels may use it by then. */
function ensureTunnel({ device, module }: Tunnel): void {
  const isThere = () => readMachine(false).links.some(({ name }) => name === device);
  if (isThere()) return;
  const { ok, message } = runTool('modprobe', [module]);
  if (isThere()) return;
  const reason = ok ? `the module ${module} made none` : message;
  const hint = `the kernel needs the module ${module}; in a container the host loads it`;
  throw failure('REALSERVER_NO_TUNNEL', `there is no ${device}: ${reason}`, hint);
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
