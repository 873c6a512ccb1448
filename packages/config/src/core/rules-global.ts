import { usesNat } from './derived.js';
import { MAIN_GROUP, partOfGroup } from './groups.js';
import { statementOf } from './parsed.js';
import { globalPlace, type RuleInput, valuePlace, warnOfChange } from './rules.js';
import { checkDirectors } from './rules-directors.js';
import { checkHeartbeats } from './rules-heartbeat.js';
import { checkMaintenance } from './rules-maintenance.js';
import { checkMoves } from './rules-moves.js';
import { checkNannies } from './rules-nannies.js';

const FOS_HINT =
  'use service = lvs with a virtual block for the address, or keepalived with a notify script for a service that only starts and stops';

function servicesRule({ configuration, parsed, findings }: RuleInput): void {
  if (configuration.service === 'fos') {
    const text = 'service = fos (failover services without balancing) is not supported';
    findings.error('CF_FOS_NOT_SUPPORTED', globalPlace(parsed, 'service'), text, FOS_HINT);
    return;
  }
  // Behind other errors this is often a mere consequence of them.
  if (configuration.virtualServers.some((virtual) => virtual.active) || findings.errorCount > 0) return;
  const hint = 'write a virtual block with active = 1; absent, active is 0';
  findings.error(
    'CF_NO_ACTIVE_SERVICE',
    { lineIndex: 0, byteIndex: 0 },
    'no active lvs services defined',
    hint,
  );
}

function pairAddressRules({ configuration, parsed, findings }: RuleInput): void {
  for (const name of ['primary', 'primary_private', 'backup_private']) {
    const statement = statementOf(parsed, name);
    if (statement?.value !== '0.0.0.0') continue;
    const text = `invalid host name or ip address: ${name} cannot be 0.0.0.0`;
    findings.error(
      'CF_BAD_ADDRESS',
      valuePlace(statement),
      text,
      `delete the line, or write an address of the node`,
    );
  }
  const hasBlocks = configuration.directors.length > 0;
  if (!hasBlocks && !statementOf(parsed, 'primary') && findings.errorCount === 0) {
    const text = 'no primary address: every node takes itself for the backup';
    findings.warning('CF_NO_PRIMARY', globalPlace(parsed, 'primary'), text, 'write primary = ADDRESS');
  }
  const backupPrivate = statementOf(parsed, 'backup_private');
  if (backupPrivate && !statementOf(parsed, 'primary_private')) {
    const text = 'backup_private is overwritten with backup, because primary_private is absent';
    findings.warning('CF_PRIVATE_OVERWRITTEN', valuePlace(backupPrivate), text, 'write primary_private too');
  }
}

function pairRules({ configuration, parsed, findings }: RuleInput): void {
  const { primary, backup } = configuration;
  const backupActive = statementOf(parsed, 'backup_active');
  if (backupActive?.value === true && backup === undefined) {
    const text = 'backup_active = 1 without a backup address: it is reset to 0';
    findings.warning('CF_BACKUP_UNDEFINED', valuePlace(backupActive), text, 'write backup = ADDRESS');
  }
  if (primary !== undefined && primary === backup) {
    const text = 'primary and backup are the same address';
    findings.warning(
      'CF_SAME_NODE',
      globalPlace(parsed, 'backup'),
      text,
      'each director has its own address',
    );
  }
  if (configuration.keepaliveMs >= configuration.deadtimeMs) {
    const text = `deadtime is not longer than keepalive: the partner would count as dead between two heartbeats`;
    const place = globalPlace(parsed, statementOf(parsed, 'deadtime') ? 'deadtime' : 'keepalive');
    findings.warning('CF_KEEPALIVE_DEADTIME', place, text, 'make deadtime at least twice keepalive');
  }
  const links = statementOf(parsed, 'monitor_links');
  if (configuration.monitorLinks && !configuration.backupActive && links) {
    const text = 'monitor_links has no effect without backup_active = 1';
    findings.warning('CF_MONITOR_LINKS_UNUSED', valuePlace(links), text);
  }
}

function networkRules({ configuration, parsed, findings }: RuleInput): void {
  const router = statementOf(parsed, 'nat_router');
  if (router && !usesNat(partOfGroup(configuration, MAIN_GROUP))) {
    const text = 'nat_router has no effect: no server is forwarded to by NAT';
    findings.warning('CF_NAT_ROUTER_UNUSED', valuePlace(router), text, 'delete the line');
  } else if (configuration.natRouter && router && !configuration.natRouter.device.includes(':')) {
    warnOfChange(findings, 'CF_CHANGED_BASE_DEVICE', valuePlace(router));
  }
  const syncId = statementOf(parsed, 'syncd_id');
  if (syncId && typeof syncId.value === 'number' && syncId.value !== configuration.syncId) {
    const text = `syncd_id = ${syncId.value} counts as ${configuration.syncId}: only 8 bits are used`;
    findings.warning('CF_SYNC_ID_CUT', valuePlace(syncId), text, 'write a number from 0 to 255');
  }
  const hardShutdown = statementOf(parsed, 'hard_shutdown');
  if (hardShutdown) warnOfChange(findings, 'CF_CHANGED_HARD_SHUTDOWN', valuePlace(hardShutdown));
}

function stateRules({ configuration, parsed, findings }: RuleInput): void {
  const state = statementOf(parsed, 'failover_state');
  const daemon = statementOf(parsed, 'syncdaemon');
  if (typeof state?.value !== 'string' || typeof daemon?.value !== 'boolean') return;
  if (daemon.value === (configuration.failoverState === 'sync')) return;
  const text = `failover_state = ${state.value} contradicts syncdaemon = ${Number(daemon.value)} of line ${daemon.lineIndex + 1}`;
  findings.error('CF_FAILOVER_STATE', valuePlace(state), text, 'delete the line with syncdaemon');
}

/** Rules about what stands outside the blocks. */
export function checkGlobal(input: RuleInput): void {
  servicesRule(input);
  pairAddressRules(input);
  pairRules(input);
  checkDirectors(input);
  checkHeartbeats(input);
  checkMaintenance(input);
  checkMoves(input);
  checkNannies(input);
  networkRules(input);
  stateRules(input);
}
