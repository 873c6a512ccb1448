import type { FirewallRule } from './firewall.js';
import { error, type Trap, warning } from './trap.js';

/** Traps in the firewall of a director. */

const marks: Trap = {
  code: 'DOCTOR_MARK_UNSET',
  title: 'a service keyed by a mark that no rule sets gets no connection',
  look: ({ configuration, firewall }) => {
    if (firewall === undefined) return [];
    const set = new Set(firewall.map(({ setsMark }) => setsMark));
    const wanted = configuration.virtualServers.filter(
      ({ active, firewallMark }) => active && firewallMark > 0,
    );
    return wanted
      .filter(({ firewallMark }) => !set.has(firewallMark))
      .map(({ name, firewallMark, address }) => {
        const vip = address?.address ?? 'VIP';
        const remedy = `iptables -t mangle -A PREROUTING -d ${vip} -p tcp --dport PORT -j MARK --set-mark ${firewallMark}, on both directors`;
        return error(
          `virtual ${name} has fwmark = ${firewallMark}, and no firewall rule here sets it`,
          remedy,
        );
      });
  },
};

const AFTER_TAKEOVER = 'after a takeover every running connection is one the firewall has not seen begin';

const invalid: Trap = {
  code: 'DOCTOR_FIREWALL_INVALID',
  title: 'a firewall that drops invalid connections cuts those that were taken over',
  look: ({ firewall = [] }) =>
    firewall
      .filter(({ hook, drops, matchesInvalid }) => drops && matchesInvalid && isOnTheWay(hook))
      .map(({ text }) =>
        warning(
          `${text}: ${AFTER_TAKEOVER}`,
          'exempt the VIPs from this rule, or do not track them (raw table)',
        ),
      ),
};

function isOnTheWay(hook: string): boolean {
  return hook !== 'OUTPUT';
}

/** Whether some rule of the way in may accept heartbeats: the port is named, or nothing but the addresses is. */
function mayAccept({ text, accepts, hook }: FirewallRule, port: number): boolean {
  if (!accepts || hook !== 'INPUT') return false;
  if (new RegExp(`dport [^a-z]*\\b${port}\\b`).test(text)) return true;
  return !/dport|-i lo\b|iif(?:name)? "?lo"?|--icmp|icmp|-p tcp|tcp |state /.test(text);
}

const beats: Trap = {
  code: 'DOCTOR_FIREWALL_BEATS',
  title: 'a firewall that drops heartbeats makes both directors active',
  look: ({ configuration, firewall = [] }) => {
    if (configuration.backup === undefined || !configuration.backupActive) return [];
    const port = configuration.heartbeatPort;
    const policies = firewall.filter(({ hook, isPolicy, drops }) => hook === 'INPUT' && isPolicy && drops);
    if (policies.length === 0) return [];
    if (firewall.some((one) => !one.isPolicy && mayAccept(one, port))) return [];
    return policies.map(({ text }) =>
      error(
        `${text}, and no rule accepts UDP port ${port}`,
        `iptables -I INPUT -p udp --dport ${port} -s PARTNER -j ACCEPT, for each path`,
      ),
    );
  },
};

export const FIREWALL_TRAPS: readonly Trap[] = [marks, invalid, beats];
