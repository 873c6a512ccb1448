import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { signalProcess } from '@piranha/common';
import type { DirectorName } from '../../guest/director.js';
import { addressOf, NETWORK_NAMES, Networks } from '../../guest/networks.js';
import { PORTS, RealServer } from '../../guest/real-server.js';
import { get, until } from '../../guest/requests.js';
import { prepareServers } from './hosts.js';
import { type KeptPair, type Method, ROUTER, SERVERS, VIRTUAL_ADDRESS } from './kept.js';

const DIRECTORS = ['alpha', 'beta'] as const;
const DIRECTORY = '/run/lab/keepalived';
const LAST_LINES = 40;
const PID_FILES = ['pid', 'vrrp.pid', 'checkers.pid'] as const;

function virtualServer(port: number, method: Method): string {
  const network = method === 'nat' ? 'inner' : 'public';
  const servers = SERVERS.map(
    (name) => `    real_server ${addressOf(name, network)} ${port} {
        weight 1
        TCP_CHECK {
            connect_timeout 3
        }
    }
`,
  );
  return `virtual_server ${VIRTUAL_ADDRESS} ${port} {
    delay_loop 3
    lb_algo rr
    lb_kind ${method === 'nat' ? 'NAT' : 'DR'}
    protocol TCP
${servers.join('')}}
`;
}

/** Both begin as backup, so that one that comes back does not take the addresses from the other. */
function configuration(name: DirectorName, method: Method): string {
  return `global_defs {
    router_id ${name}
    vrrp_version 3
    lvs_sync_daemon eth1 lab
}
vrrp_instance lab {
    state BACKUP
    nopreempt
    interface eth0
    virtual_router_id 51
    priority ${name === 'alpha' ? 150 : 100}
    advert_int 1
    virtual_ipaddress {
        ${VIRTUAL_ADDRESS}/32 dev eth0
${method === 'nat' ? `        ${ROUTER}/24 dev eth2\n` : ''}    }
}
${[PORTS.web, PORTS.echo].map((port) => virtualServer(port, method)).join('')}`;
}

/** Two keepalived with its synchronisation daemon, the rest as its defaults and the kernel's. */
class KeepalivedPair implements KeptPair {
  private readonly networks = new Networks();
  readonly client = this.networks.host('client');

  constructor(private readonly method: Method) {}

  async open(): Promise<this> {
    mkdirSync(DIRECTORY, { recursive: true });
    prepareServers(this.networks, this.method);
    for (const name of SERVERS) await new RealServer(name, this.networks.host(name)).start();
    for (const name of DIRECTORS) this.start(name);
    await this.ready();
    return this;
  }

  /** One holds the address, both have every real server, and both sides of the synchronisation run. */
  async ready(): Promise<void> {
    await until('a whole pair', async () => {
      const entries = (name: DirectorName): number =>
        this.exec(name, 'ipvsadm', '-Sn').match(/^-a /gm)?.length ?? 0;
      if (!DIRECTORS.every((name) => entries(name) === 2 * SERVERS.length)) return false;
      const { active, standby } = this.roles();
      const daemons = (name: DirectorName): string => this.exec(name, 'ipvsadm', '-Ln', '--daemon');
      if (!daemons(active).includes('master') || !daemons(standby).includes('backup')) return false;
      return (await get(this.client, VIRTUAL_ADDRESS)) !== '';
    });
  }

  async handOver(): Promise<void> {
    const { active, standby } = this.roles();
    signalProcess(this.pids(active)[0] ?? 0, 'SIGTERM');
    await until('the partner to hold it alone', () => this.holds(standby) && !this.holds(active));
    // It is back before the next event.
    this.start(active);
  }

  async crash(): Promise<void> {
    const { active, standby } = this.roles();
    for (const network of NETWORK_NAMES) this.networks.cut(active, network);
    for (const pid of this.pids(active).toReversed()) signalProcess(pid, 'SIGKILL');
    await until('the partner to hold it', () => this.holds(standby));
  }

  lastLines(): string {
    const linesOf = (name: DirectorName): string[] =>
      readFileSync(`${DIRECTORY}/${name}.log`, 'utf8').trimEnd().split('\n').slice(-LAST_LINES);
    return DIRECTORS.flatMap((name) => linesOf(name).map((line) => `${name} ${line}`)).join('\n');
  }

  async close(): Promise<void> {
    // The guest ends with its processes.
  }

  private start(name: DirectorName): void {
    const path = (kind: string): string => `${DIRECTORY}/${name}.${kind}`;
    writeFileSync(path('conf'), configuration(name, this.method), { mode: 0o600 });
    const [parent, vrrp, checkers] = PID_FILES.map(path);
    const pids = ['-p', parent, '-r', vrrp, '-c', checkers].map(String);
    const log = openSync(path('log'), 'a');
    this.networks
      .host(name)
      .spawn('keepalived', ['-n', '-l', '-D', '-f', path('conf'), ...pids], { stdio: ['ignore', log, log] });
    closeSync(log);
  }

  private pids(name: DirectorName): readonly number[] {
    return PID_FILES.map((kind) => Number(readFileSync(`${DIRECTORY}/${name}.${kind}`, 'utf8')));
  }

  private roles(): { readonly active: DirectorName; readonly standby: DirectorName } {
    const holders = DIRECTORS.filter((name) => this.holds(name));
    if (holders.length !== 1) throw new Error(`${holders.length} holders`);
    const isAlpha = holders[0] === 'alpha';
    return { active: isAlpha ? 'alpha' : 'beta', standby: isAlpha ? 'beta' : 'alpha' };
  }

  private holds(name: DirectorName): boolean {
    return this.exec(name, 'ip', '-br', 'addr', 'show', 'eth0').includes(` ${VIRTUAL_ADDRESS}/`);
  }

  private exec(name: DirectorName, program: string, ...args: readonly string[]): string {
    return this.networks.host(name).exec(program, ...args);
  }
}

export function openKeepalived(method: Method): Promise<KeptPair> {
  return new KeepalivedPair(method).open();
}
