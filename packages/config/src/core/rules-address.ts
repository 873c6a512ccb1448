import { addressFamily, formatIpv4, isContiguousMask, parseIpv4 } from '@piranha/common';
import type { AddressFamily } from '../model.js';
import { directorAddresses } from './derived.js';
import type { Findings } from './diagnostics.js';
import type { Statement } from './parsed.js';
import { placeIn, type RuleInput, type VirtualView, valuePlace, warnOfChange } from './rules.js';
import { isPrefixLength, numericAddress } from './value-readers.js';
import { NO_ADDRESS } from './values.js';

const HOST_MASK = '255.255.255.255';

/** Warns of an IPv4 mask whose ones are not all in front. */
export function gapsRule(statement: Statement, value: string, findings: Findings): void {
  const mask = parseIpv4(value);
  if (mask === undefined || isContiguousMask(mask)) return;
  const text = `${formatIpv4(mask)} is an unusual mask: its ones are not all in front`;
  findings.warning('CF_MASK_GAPS', valuePlace(statement), text, 'most masks look like 255.255.255.0');
}

/** A number alone as pmask is a prefix length for IPv6, and an odd spelling of an address for IPv4. */
export function persistenceMaskRules({ findings }: RuleInput, { virtual, block }: VirtualView): void {
  for (const statement of block.statements) {
    if (statement.spec.name === 'pmask') persistenceMaskRule(findings, virtual.family, statement);
  }
}

function persistenceMaskRule(findings: Findings, family: AddressFamily, statement: Statement): void {
  if (typeof statement.value !== 'string') return;
  if (family === 6) {
    if (isPrefixLength(statement.value)) return;
    const text = `Bad subnet mask specified: '${statement.value}' is no prefix length, and the service is IPv6`;
    findings.error('CF_BAD_MASK', valuePlace(statement), text, 'write a prefix length, such as 64');
    return;
  }
  const read = numericAddress(statement.value);
  if (read && 'warning' in read && read.warning) {
    findings.warning(read.warning.code, valuePlace(statement), read.warning.text, read.warning.hint);
  }
  gapsRule(statement, statement.value, findings);
}

function vipMaskRule({ findings }: RuleInput, { virtual, block }: VirtualView): void {
  if (virtual.vipMask === undefined || virtual.vipMask === HOST_MASK || !virtual.address) return;
  const place = placeIn(block, 'vip_nmask');
  if (virtual.family === 4) warnOfChange(findings, 'CF_CHANGED_VIP_MASK', place);
  else {
    const text = 'vip_nmask has no effect on an IPv6 VIP, which is added as /128';
    findings.warning('CF_VIP_MASK_UNUSED', place, text, 'delete the line');
  }
}

/** IPVS forwards from one family to the other through tunnels alone, and its sync daemon not even then. */
function familyRules({ configuration, findings }: RuleInput, view: VirtualView): void {
  const { virtual } = view;
  const servers = view.servers.flatMap(({ server, block }) =>
    server.active ? [{ address: server.address, forwarding: server.forwarding, block, word: 'address' }] : [],
  );
  if (virtual.sorryServer !== undefined) {
    const { forwarding, sorryServer: address } = virtual;
    servers.push({ address, forwarding, block: view.block, word: 'sorry_server' });
  }
  for (const { address, forwarding, block, word } of servers) {
    if (addressFamily(address) === virtual.family || address === NO_ADDRESS) continue;
    const mixed = `${address} is no IPv${virtual.family} address, but the service is IPv${virtual.family}`;
    if (forwarding !== 'tunnel') {
      const hint = 'write an address of the same family, or forward = tunnel';
      findings.error('CF_MIXED_FAMILIES', placeIn(block, word), mixed, hint);
    } else if (configuration.failoverState === 'sync') {
      const text = `${mixed}: the sync daemon cannot run beside such a service`;
      const hint = 'write an address of the same family, or failover_state = none';
      findings.error('CF_MIXED_FAMILIES_SYNC', placeIn(block, word), text, hint);
    }
  }
}

/** A director that is a VIP's home, or serves what the other one sends it. */
function directorRules({ configuration, findings }: RuleInput, view: VirtualView): void {
  const own = directorAddresses(configuration);
  const vip = view.virtual.address?.address;
  if (vip !== undefined && own.includes(vip)) {
    const text = `the VIP ${vip} is an address of a director: it would go with the service, and be deleted with it`;
    const hint = 'write an address that belongs to no machine';
    findings.warning('CF_VIP_IS_DIRECTOR', placeIn(view.block, 'address'), text, hint);
  }
  const guarded = configuration.failoverState === 'sync' || configuration.standby === 'cold';
  if (guarded || !configuration.backupActive) return;
  for (const { server, block } of view.servers) {
    // Under NAT a packet reaches it with its own address, which no service has.
    if (!server.active || server.forwarding === 'nat' || !own.includes(server.address)) continue;
    const text = `${server.address} is a director: while it is the standby, its own table schedules again what it is sent`;
    const hint = 'write standby = cold, or failover_state = sync';
    findings.warning('CF_DIRECTOR_IS_SERVER', placeIn(block, 'address'), text, hint);
  }
}

/** Rules about the addresses of an active virtual server and of what belongs to it. */
export function checkAddresses(input: RuleInput, view: VirtualView): void {
  vipMaskRule(input, view);
  familyRules(input, view);
  directorRules(input, view);
}
