import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ControlClient, type LvsdStatus, type PulseStatus, runDirectory } from '@piranha/protocol';
import { describe, expect, it } from 'vitest';
import { type Interfaces, Machines } from './support/machines.js';
import { blocksOf, commandsOf, type PageBlock } from './support/page.js';
import { waitFor } from './support/wait.js';

/** All pages are followed at once, and the machine may be a busy one. */
const LIMIT_MS = 240_000;
const CALL_LIMIT_MS = 5_000;

const canFollow =
  process.getuid?.() === 0 &&
  ['unshare', 'nsenter', 'iptables', 'nft'].every(
    (program) => spawnSync(program, ['--version']).status === 0,
  );

/** What a machine without the kernel's IPVS, and one that has much to do, say of themselves. */
const OF_THE_TEST = ['DOCTOR_NO_IPVS', 'DOCTOR_LOAD', 'DOCTOR_BEATS_LATE', 'DOCTOR_CLOCK_FREE'];

const hasTunnels = existsSync('/proc/sys/net/ipv4/conf/tunl0');

interface Page {
  readonly machines: Readonly<Record<string, Interfaces>>;
  /** Default routes before the page is followed. */
  readonly routes?: Readonly<Record<string, string>>;
  /** Real servers and the ports on which something answers. */
  readonly servers: Readonly<Record<string, readonly number[]>>;
  /** Commands of the surroundings that the page takes for granted. */
  readonly prepare?: Readonly<Record<string, string>>;
  /** What doctor says of the page's set-up besides. */
  readonly doctor?: readonly string[];
}

const DIRECTORS = {
  director1: { eth0: ['site', '192.0.2.1/24'] },
  director2: { eth0: ['site', '192.0.2.2/24'] },
} as const;
const ROUTER = { router: { eth0: ['site', '192.0.2.254/24'] } } as const;
const BY_ROUTER = { director1: '192.0.2.254', director2: '192.0.2.254' };
const WEBS = {
  web1: { eth0: ['site', '192.0.2.11/24'] },
  web2: { eth0: ['site', '192.0.2.12/24'] },
} as const;
const WEBS_BY_ROUTER = { ...BY_ROUTER, web1: '192.0.2.254', web2: '192.0.2.254' };
const BEHIND_NAT = {
  director1: { eth0: ['public', '198.51.100.1/24'], eth1: ['inside', '10.0.0.1/24'] },
  director2: { eth0: ['public', '198.51.100.2/24'], eth1: ['inside', '10.0.0.2/24'] },
  web1: { eth0: ['inside', '10.0.0.11/24'], eth1: ['data', '10.0.1.11/24'] },
  web2: { eth0: ['inside', '10.0.0.12/24'], eth1: ['data', '10.0.1.12/24'] },
  data: { eth1: ['data', '10.0.1.21/24'] },
  router: { eth0: ['public', '198.51.100.254/24'] },
} as const;

/** Real servers as the page on direct routing leaves them. */
const HOLD = 'lvs-realserver start 192.0.2.100';

const FORWARD = 'sysctl -qw net.ipv4.ip_forward=1';

const PAGES: Readonly<Record<string, Page>> = {
  'direct-routing.md': {
    machines: { ...DIRECTORS, ...ROUTER, ...WEBS },
    routes: WEBS_BY_ROUTER,
    servers: { web1: [80], web2: [80] },
  },
  'nat.md': {
    machines: BEHIND_NAT,
    routes: { director1: '198.51.100.254', director2: '198.51.100.254' },
    servers: { web1: [8080], web2: [8080] },
  },
  'tunnelling.md': {
    machines: {
      ...DIRECTORS,
      near: { eth0: ['site', '192.0.2.11/24'] },
      router: { eth0: ['site', '192.0.2.254/24'], eth1: ['other', '198.51.100.254/24'] },
      far: { eth0: ['other', '198.51.100.11/24'] },
    },
    routes: { ...BY_ROUTER, near: '192.0.2.254', far: '198.51.100.254' },
    servers: { near: [80], far: [80] },
    prepare: {
      router: FORWARD,
      // An interface of the tunnel's name where the kernel has no tunnels; enough for all but packets.
      far: hasTunnels ? ':' : 'ip link add tunl0 type ifb',
    },
    doctor: hasTunnels ? ['DOCTOR_TUNNEL_MTU'] : ['DOCTOR_TUNNEL_MTU', 'DOCTOR_TUNNEL_PATH'],
  },
  'marks.md': {
    machines: { ...DIRECTORS, ...ROUTER, ...WEBS },
    routes: WEBS_BY_ROUTER,
    servers: { web1: [80, 443], web2: [80, 443] },
    prepare: { web1: HOLD, web2: HOLD },
  },
  'ftp.md': {
    machines: {
      director1: { eth0: ['site', '192.0.2.1/24'], eth1: ['inside', '10.0.0.1/24'] },
      director2: { eth0: ['site', '192.0.2.2/24'], eth1: ['inside', '10.0.0.2/24'] },
      web1: { eth0: ['site', '192.0.2.11/24'], eth1: ['inside', '10.0.0.11/24'] },
      web2: { eth0: ['site', '192.0.2.12/24'], eth1: ['inside', '10.0.0.12/24'] },
      ...ROUTER,
    },
    routes: WEBS_BY_ROUTER,
    servers: { web1: [21], web2: [21] },
    prepare: { director1: FORWARD, director2: FORWARD, web1: HOLD, web2: HOLD },
  },
};

/** Follows a page on machines in namespaces. */
class Reader {
  readonly machines = new Machines();
  /** What the last commands printed, by machine. */
  private printed = new Map<string, string>();

  constructor(private readonly page: Page) {}

  async open(): Promise<void> {
    const { machines, routes = {}, servers, prepare = {} } = this.page;
    await this.machines.open();
    for (const [name, interfaces] of Object.entries(machines)) await this.machines.add(name, interfaces);
    for (const [name, router] of Object.entries(routes)) {
      await this.machines.must(name, `ip route add default via ${router}`);
    }
    for (const [name, ports] of Object.entries(servers)) {
      for (const port of ports) await this.machines.serve(name, port);
    }
    for (const [name, text] of Object.entries(prepare)) await this.machines.must(name, text);
  }

  async follow({ kind, name, text }: PageBlock): Promise<void> {
    if (kind === 'conf') writeFileSync(join(this.machines.directory, name), text);
    else if (kind === 'sh') {
      this.printed.clear();
      await Promise.all(this.machinesOf(name).map((machine) => this.commands(machine, commandsOf(text))));
    } else {
      expect(kind).toBe('text');
      expect(this.printed.size).toBeGreaterThan(0);
      for (const printed of this.printed.values()) expect(printed).toContain(text);
    }
  }

  private machinesOf(name: string): readonly string[] {
    if (name === 'directors') return ['director1', 'director2'];
    if (name === 'real-servers') return Object.keys(this.page.servers);
    expect(Object.keys(this.page.machines)).toContain(name);
    return [name];
  }

  private async commands(machine: string, commands: readonly string[]): Promise<void> {
    for (const command of commands) {
      const { status, output } = await this.machines.run(machine, command);
      this.printed.set(machine, (this.printed.get(machine) ?? '') + output);
      const what = `${machine}: ${command}\n${output}`;
      if (command.startsWith('lvsctl doctor ')) this.expectFindings(output, what);
      else expect(status, what).toBe(0);
      if (command.startsWith('ip address show to ')) expect(output, what).toContain('scope global');
      if (command === 'service pulse start') await this.knowsItsRole(machine);
      if (command === 'lvsctl handover') {
        expect((await this.status<PulseStatus>(machine, 'pulseSocket')).state, what).toBe('standby');
      }
    }
  }

  /** doctor really looks at the page's set-up; only the kernel of the test is none of a director. */
  private expectFindings(output: string, what: string): void {
    const found = [...output.matchAll(/^(?:error|warning) (DOCTOR_\w+)/gm)].map(([, code]) => code ?? '');
    const ofThePage = new Set(found.filter((code) => !OF_THE_TEST.includes(code)));
    expect([...ofThePage].sort(), what).toEqual(this.page.doctor ?? []);
  }

  /** What a daemon of a director says of itself. */
  private async status<Status>(machine: string, socket: 'pulseSocket' | 'lvsdSocket'): Promise<Status> {
    const path = this.machines.path(machine, runDirectory('/run/piranha')[socket]);
    const client = await ControlClient.connect({ path });
    try {
      return (await client.call('status', {}, CALL_LIMIT_MS)) as Status;
    } finally {
      client.close();
    }
  }

  /** Waits until a director serves, or stands by for a partner that serves, and knows every server up. */
  private async knowsItsRole(machine: string): Promise<void> {
    const probe = async () => {
      const { state, partner } = await this.status<PulseStatus>(machine, 'pulseSocket');
      const { services } = await this.status<LvsdStatus>(machine, 'lvsdSocket');
      const servers = services.flatMap((service) => service.servers);
      const isSettled = state === 'active' || (state === 'standby' && partner === 'running');
      return isSettled && servers.length > 0 && servers.every(({ health }) => health === 'up');
    };
    await waitFor(`a role of ${machine}`, probe, { limitMs: LIMIT_MS });
  }
}

describe.skipIf(!canFollow)('the pages of docs (needs root for namespaces, iptables and nft)', () => {
  it.concurrent.each(Object.entries(PAGES))(
    '%s: each command works, and prints what is shown',
    async (name, page) => {
      const reader = new Reader(page);
      try {
        await reader.open();
        const blocks = blocksOf(readFileSync(join('docs', name), 'utf8'));
        expect(blocks.filter(({ kind }) => kind === 'text').length).toBeGreaterThan(0);
        for (const block of blocks) await reader.follow(block);
      } finally {
        await reader.machines.close();
      }
    },
    LIMIT_MS,
  );
});
