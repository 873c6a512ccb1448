import type { RealServerConfig, VirtualServerConfig } from '../model.js';
import { checksOf } from './builder-checks.js';
import { portAtLine } from './builder-virtual.js';
import { printable } from './diagnostics.js';
import { statementOf } from './parsed.js';
import {
  headerPlace,
  isUnreadable,
  placeIn,
  type RuleInput,
  type VirtualView,
  valuePlace,
  warnOfChange,
} from './rules.js';
import { checkAddresses, persistenceMaskRules } from './rules-address.js';
import { asksServerPort, checkChecks } from './rules-checks.js';
import { checkKernelWords } from './rules-kernel.js';
import { quorumRules } from './rules-quorum.js';
import { watchRules } from './rules-watch.js';
import { weighingRules } from './rules-weighing.js';

function addressRules({ findings }: RuleInput, { virtual, block }: VirtualView): void {
  if (!virtual.address && virtual.firewallMark === 0 && !isUnreadable(block, 'address')) {
    const text = 'active without an address: nobody can reach it';
    findings.warning('CF_NO_VIP', placeIn(block, 'address'), text, 'write address = VIP DEVICE');
  }
  // The original had no IPv6, and a label says nothing there.
  if (virtual.address && virtual.family === 4 && !virtual.address.device.includes(':')) {
    warnOfChange(findings, 'CF_CHANGED_BASE_DEVICE', placeIn(block, 'address'));
  }
  if (virtual.port === 0 && virtual.firewallMark === 0 && virtual.persistentSeconds === 0) {
    const text = 'port 0 (every port) needs persistent';
    findings.error('CF_PORT_ZERO', placeIn(block, 'port'), text, 'write persistent = SECONDS, or a port');
  }
  const mask = statementOf(block, 'pmask');
  if (mask && virtual.persistentSeconds === 0) {
    findings.warning(
      'CF_PMASK_UNUSED',
      valuePlace(mask),
      'pmask has no effect without persistent',
      'delete the line',
    );
  }
}

function checkTimes({ findings }: RuleInput, { virtual, block }: VirtualView): void {
  if (virtual.check.timeoutMs <= 0) {
    const text = 'timeout must be above 0: it is the time between two checks';
    findings.error(
      'CF_TIMEOUT_ZERO',
      placeIn(block, 'timeout'),
      text,
      "the original's nanny crashed here; write seconds, such as 10",
    );
  }
}

function programRules({ findings }: RuleInput, { virtual, block }: VirtualView): void {
  const { check } = virtual;
  const program = statementOf(block, 'send_program');
  const send = statementOf(block, 'send');
  if (check.sendProgram !== undefined && program) {
    const code = check.expect === undefined ? 'CF_CHANGED_PROGRAM_STATUS' : 'CF_CHANGED_SEND_PROGRAM';
    warnOfChange(findings, code, valuePlace(program));
    if (send && check.send !== undefined && check.send !== '') {
      findings.warning(
        'CF_SEND_IGNORED',
        valuePlace(send),
        'send is ignored: send_program is set',
        'delete one of them',
      );
    }
  }
  const monitor = statementOf(block, 'client_monitor');
  if (!monitor || check.clientMonitor === '/usr/sbin/nanny') return;
  const text = "client_monitor is not used: the suite's own nanny checks the servers";
  findings.warning('CF_CLIENT_MONITOR_UNUSED', valuePlace(monitor), text, 'delete the line');
}

/** True for a backslash that is not part of `\\ \r \n \t \' \"`; a text of one character is never translated. */
function hasOtherBackslash(text: string): boolean {
  return text.length > 1 && text.replace(/\\[\\rnt'"]/g, '').includes('\\');
}

/** True where some server has no check blocks. */
function asksClassically({ check, servers }: VirtualServerConfig): boolean {
  return servers.length === 0 || servers.some((server) => checksOf(check, server) === undefined);
}

function textRules({ findings }: RuleInput, { virtual, block }: VirtualView): void {
  const { check } = virtual;
  const sendCounts = check.sendProgram === undefined;
  for (const [name, text, counts] of [
    ['send', check.send, sendCounts],
    ['expect', check.expect, true],
  ] as const) {
    if (counts && text !== undefined && hasOtherBackslash(text)) {
      warnOfChange(findings, 'CF_CHANGED_BACKSLASH', placeIn(block, name));
    }
  }
  if (check.useRegex && check.expect === undefined) {
    const text = 'use_regex has no effect without expect';
    findings.warning(
      'CF_REGEX_UNUSED',
      placeIn(block, 'use_regex'),
      text,
      'write expect, or delete the line',
    );
  }
  if (check.sendProgram !== undefined) return;
  if (virtual.protocol === 'udp' && check.expect === undefined && asksClassically(virtual)) {
    warnOfChange(findings, 'CF_CHANGED_UDP_CHECK', placeIn(block, 'protocol'));
  }
  if (check.expect === undefined) return;
  if (check.useRegex || check.expect.length > 254) {
    warnOfChange(findings, 'CF_CHANGED_EXPECT_READ', placeIn(block, 'expect'));
  }
}

/** True where a check would ask for the port of this server. */
function needsPort({ check }: VirtualServerConfig, server: RealServerConfig): boolean {
  const checks = checksOf(check, server);
  return checks ? asksServerPort(checks) : check.sendProgram === undefined;
}

function serverRules({ findings }: RuleInput, view: VirtualView): void {
  const { virtual } = view;
  for (const { server, block } of view.servers) {
    const ownPort = statementOf(block, 'port');
    const portStatement = statementOf(view.block, 'port');
    const late = portStatement !== undefined && portStatement.lineIndex > block.lineIndex;
    if (!server.active) continue;
    if (!ownPort && late && portAtLine(view.block, block.lineIndex) !== virtual.port) {
      const text = `server '${printable(block.name)}' uses port ${server.port}: the virtual's port = ${virtual.port} comes after it`;
      findings.warning('CF_PORT_ORDER', headerPlace(block), text, 'write port above the server blocks');
    }
    if (server.address === '0.0.0.0' && !isUnreadable(block, 'address')) {
      const text = `server '${printable(block.name)}' is active without an address`;
      findings.error('CF_NO_SERVER_ADDRESS', placeIn(block, 'address'), text, 'write address = ADDRESS');
    }
    if (server.weight === 0) warnOfChange(findings, 'CF_CHANGED_WEIGHT_ZERO', placeIn(block, 'weight'));
    const keyed = virtual.firewallMark === 0 && virtual.port !== 0;
    if (server.forwarding !== 'nat' && keyed && server.port !== virtual.port) {
      warnOfChange(findings, 'CF_CHANGED_REAL_PORT', placeIn(block, 'port'));
    }
    if ((server.watch?.checkPort ?? server.port) === 0 && needsPort(virtual, server)) {
      const text = `server '${printable(block.name)}' has port 0: no check can reach it, so it never gets connections`;
      findings.warning(
        'CF_CHECK_PORT_ZERO',
        placeIn(block, 'port'),
        text,
        'write check_port, or the port in the server block, or a send_program',
      );
    }
  }
  if (!virtual.servers.some((server) => server.active)) {
    const text = 'active without an active server';
    findings.warning(
      'CF_NO_ACTIVE_SERVER',
      headerPlace(view.block),
      text,
      'write active = 1 in its server blocks',
    );
  }
}

/** What tells table entries of one service apart. */
function tablePlace({ virtual }: VirtualView, { address, port, forwarding }: RealServerConfig): string {
  if (forwarding === 'nat') return `${address} ${port}`;
  return virtual.firewallMark === 0 ? `${address} ${virtual.port}` : address;
}

/** Without NAT the table knows no real ports: two servers of one address are one entry. */
function sharedEntryRule({ findings }: RuleInput, view: VirtualView): void {
  const firstOf = new Map<string, RealServerConfig>();
  for (const { server, block } of view.servers) {
    if (!server.active) continue;
    const place = tablePlace(view, server);
    const first = firstOf.get(place);
    if (!first) firstOf.set(place, server);
    else if (first.port !== server.port) {
      const text = `server '${printable(block.name)}' and the one of line ${first.line} are one table entry: real ports do not count under direct routing and tunnelling`;
      findings.warning('CF_SHARED_ENTRY', headerPlace(block), text, 'give one of them another address');
    }
  }
}

/** Rules about each active virtual server by itself. */
export function checkVirtuals(input: RuleInput): void {
  for (const view of input.virtuals) {
    persistenceMaskRules(input, view);
    if (!view.virtual.active) continue;
    addressRules(input, view);
    checkAddresses(input, view);
    checkKernelWords(input, view);
    checkTimes(input, view);
    checkChecks(input, view);
    watchRules(input, view);
    quorumRules(input, view);
    weighingRules(input, view);
    programRules(input, view);
    textRules(input, view);
    serverRules(input, view);
    sharedEntryRule(input, view);
  }
}
