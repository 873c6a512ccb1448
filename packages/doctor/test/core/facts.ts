import type { LvsConfiguration } from '@piranha/config';
import { parseLvsCf } from '@piranha/config';
import type { Facts } from '../../src/core/facts.js';

/** A director's lvs.cf with this virtual block, and what else stands above it. */
export function configurationWith(virtual: string, globals = ''): LvsConfiguration {
  const text = `primary = 10.0.0.2
backup = 10.0.0.3
backup_active = 1
heartbeat = 1
service = lvs
network = direct
${globals}
virtual web {
  active = 1
  address = 10.0.0.100 eth0:1
  port = 80
  scheduler = rr
${virtual}
}
`;
  const { configuration, diagnostics } = parseLvsCf(text);
  if (configuration === undefined) throw new Error(JSON.stringify(diagnostics));
  return configuration;
}

/** A server block. */
export function server(words = ''): string {
  return `  server one {\n    address = 10.0.0.11\n    active = 1\n    weight = 1\n${words}\n  }`;
}

/** A director on which nothing is wrong. */
export function healthy(change: Partial<Facts> = {}): Facts {
  return {
    configuration: configurationWith(server()),
    missingPrivileges: [],
    ipvsProblem: undefined,
    missingSchedulers: [],
    syncDaemons: [],
    kernelRelease: '6.1.0-18-amd64',
    sysctls: new Map([
      ['net.ipv4.ip_forward', '0'],
      ['net.ipv4.conf.all.rp_filter', '0'],
      ['net.ipv4.conf.eth0.rp_filter', '1'],
      ['net.ipv4.vs.expire_nodest_conn', '1'],
      ['net.ipv4.vs.conn_reuse_mode', '1'],
      ['net.ipv4.vs.backup_only', '0'],
      ['net.ipv4.conf.eth0.promote_secondaries', '0'],
    ]),
    links: [{ name: 'eth0', isUp: true, hasCarrier: true, mtuBytes: 1500 }],
    addresses: [{ address: '10.0.0.2', family: 4, prefixLength: 24, device: 'eth0', isSecondary: false }],
    routes: new Map([
      ['10.0.0.11', 'eth0'],
      ['default', 'eth0'],
    ]),
    firewall: [],
    hasFtpHelper: false,
    holders: [],
    paths: [],
    processors: 2,
    load: 1,
    clock: { isSynchronised: true, steppedMs: -300, partnerAheadMs: 20 },
    pulse: undefined,
    lvsd: undefined,
    unseen: [],
    ...change,
  };
}
