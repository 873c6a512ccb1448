import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { Director, type DirectorName } from './director.js';
import type { Namespace } from './namespace.js';
import { Networks, SERVER_NAMES, type ServerName, setSysctls } from './networks.js';
import { RealServer } from './real-server.js';
import { until } from './requests.js';

const CONFIGURATION_FILE = '/run/lab/lvs.cf';

const SHOW_SYSCTLS = [
  'sh',
  '-c',
  'cd /proc/sys/net/ipv4; grep -s . vs/* ip_forward conf/all/arp_* conf/all/rp_filter tcp_migrate_req ip_nonlocal_bind',
] as const;

const READY_LIMIT_MS = 240_000;
/** Daemons start programs to answer, and all share the guest's one processor. */
const ASK_EVERY_MS = 1_000;

/** What the kernel of a director knows that a run of the suite could change. */
interface Before {
  readonly table: readonly string[];
  readonly addresses: readonly string[];
  readonly sysctls: string;
}

export interface PairOptions {
  /** The whole lvs.cf. */
  readonly configuration: string;
  /** Brings hosts into the state that the method of forwarding needs, before anything starts. */
  readonly prepare?: (networks: Networks) => void | Promise<void>;
  /** What both directors are when all is well, sorted; groups of addresses may be served by both. */
  readonly settledStates?: 'active standby' | 'active active' | 'active standby standby';
  /** A director beside the two. */
  readonly third?: DirectorName;
  /** Network namespaces in which the real servers live, if not their own. */
  readonly servers?: readonly ServerName[];
}

/** Two directors, or three, with three real servers and a client, served by the kernel's own IPVS. */
export class Pair {
  /** Where the lvs.cf of both directors is. */
  readonly configurationFile = CONFIGURATION_FILE;
  readonly client: Namespace;
  readonly alpha: Director;
  readonly beta: Director;
  readonly directors: readonly Director[];
  readonly servers: Readonly<Record<ServerName, RealServer>>;
  private readonly before: ReadonlyMap<Director, Before>;

  private constructor(
    readonly networks: Networks,
    private readonly options: PairOptions,
  ) {
    this.client = networks.host('client');
    mkdirSync('/run/lab', { recursive: true });
    this.configure(options.configuration);
    const server = (name: ServerName): RealServer => new RealServer(name, this.networks.host(name));
    this.servers = { one: server('one'), two: server('two'), three: server('three') };
    const director = (name: DirectorName) => new Director(name, networks.host(name), CONFIGURATION_FILE);
    this.alpha = director('alpha');
    this.beta = director('beta');
    const { third } = options;
    this.directors = [this.alpha, this.beta, ...(third === undefined ? [] : [director(third)])];
    this.before = new Map(this.directors.map((one) => [one, stateOf(one)]));
  }

  /** Starts the servers and all directors and waits until one serves and the others stand by. */
  static async open(options: PairOptions): Promise<Pair> {
    const networks = new Networks();
    await options.prepare?.(networks);
    const pair = new Pair(networks, options);
    for (const name of options.servers ?? SERVER_NAMES) await pair.servers[name].start();
    for (const director of pair.directors) director.start();
    try {
      await pair.settled();
    } catch (error) {
      throw new Error(`${String(error)}\n${pair.lastLines()}`);
    }
    return pair;
  }

  /** Writes another lvs.cf, without telling anybody. */
  configure(configuration: string): void {
    writeFileSync(CONFIGURATION_FILE, configuration);
  }

  /** Waits until one director serves, the others stand by, they hear each other and every server has a verdict. */
  settled(limitMs = 240_000): Promise<{ readonly active: Director; readonly standby: Director }> {
    return until(
      'one active and one standby director',
      async () => {
        const statuses = await Promise.all(this.directors.map((director) => director.pulse()));
        const states = statuses.map(({ state }) => state);
        const partners = statuses.map(({ partner }) => partner);
        if (states.toSorted().join(' ') !== (this.options.settledStates ?? 'active standby'))
          throw new Error(`states: ${states.join(' ')}`);
        if (!partners.every((partner) => partner === 'running' || partner === 'stopped')) {
          throw new Error(`partners: ${partners.join(' ')}`);
        }
        for (const director of this.directors) {
          const { ready, tableInSync, problems } = await director.lvsd();
          if (!ready || !tableInSync)
            throw new Error(`${director.name}: ${problems.join('; ') || 'not ready'}`);
        }
        const active = this.directors[statuses.findIndex((status) => status.active)] ?? this.alpha;
        return { active, standby: this.other(active) };
      },
      limitMs,
      ASK_EVERY_MS,
    );
  }

  /** Settled, and every real server up on both directors: a slow start may have taken some out for a while. */
  async ready(): Promise<void> {
    await this.settled();
    await until(
      'every real server',
      async () => {
        for (const director of this.directors) {
          const servers = (await director.lvsd()).services.flatMap((service) => service.servers);
          const missing = servers.filter(({ health, weight }) => health !== 'up' || !weight);
          if (missing.length > 0)
            throw new Error(`${director.name}: ${missing.map(({ name }) => name).join(' ')}`);
        }
        return true;
      },
      READY_LIMIT_MS,
      ASK_EVERY_MS,
    );
  }

  /** Directors that have the address on an interface. */
  holders(address: string): readonly Director[] {
    return this.directors.filter((director) => director.holds(address));
  }

  /** The partner in a pair; the first of the others where there are three. */
  other(director: Director): Director {
    return director === this.alpha ? this.beta : this.alpha;
  }

  /**
   * Brings a director whose processes are dead into the state of a machine that was just booted. The driver goes on
   * playing the real servers: one that does not answer for seconds is taken out, and its connections with it.
   */
  async boot(director: Director): Promise<void> {
    const { host, directory } = director;
    const before = this.before.get(director);
    for (const line of await director.addressesNow()) {
      const [device = '', address = ''] = line.split(' ');
      if (!before?.addresses.includes(line)) await host.command('ip', 'addr', 'del', address, 'dev', device);
    }
    await host.command('ipvsadm', '-C');
    // Whichever of them runs.
    for (const side of ['master', 'backup']) await host.output('ipvsadm', ['--stop-daemon', side]);
    const now = readSysctls(await host.command(...SHOW_SYSCTLS));
    const changed = Object.entries(readSysctls(before?.sysctls ?? '')).filter(
      ([name, value]) => now[name] !== value,
    );
    setSysctls(host, Object.fromEntries(changed));
    await host.command('iptables-legacy', '-F');
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { mode: 0o750 });
  }

  lastLines(): string {
    return this.directors.map((director) => director.lastLines()).join('\n');
  }

  /** Stops everything and demands that table, addresses and sysctls are as they were before the start. */
  async close(): Promise<void> {
    // Who holds the addresses comes last: else the other one would take them over only to release them.
    const order = this.directors.toSorted((one, other) => addressCount(one) - addressCount(other));
    for (const director of order) await director.stop();
    for (const name of this.options.servers ?? SERVER_NAMES) await this.servers[name].stop();
    for (const [director, before] of this.before) {
      const after = stateOf(director);
      if (JSON.stringify(after) !== JSON.stringify(before)) {
        throw new Error(
          `${director.name} is not as before: ${JSON.stringify({ before, after }, undefined, 1)}\n${director.lastLines()}`,
        );
      }
    }
  }
}

function addressCount(director: Director): number {
  return director.addresses().length;
}

/** The lines of `grep .` as names with dots, and values. */
function readSysctls(text: string): Readonly<Record<string, string>> {
  const pairs = text.split('\n').flatMap((line) => {
    const colon = line.indexOf(':');
    return colon < 0
      ? []
      : [[`net.ipv4.${line.slice(0, colon).replaceAll('/', '.')}`, line.slice(colon + 1)] as const];
  });
  return Object.fromEntries(pairs);
}

function stateOf(director: Director): Before {
  const sysctls = director.host.exec(...SHOW_SYSCTLS);
  return { table: director.table(), addresses: director.addresses(), sysctls };
}
