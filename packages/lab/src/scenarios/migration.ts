import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Director, LvsctlRun } from '../guest/director.js';
import type { ScenarioGroup, SharedLab } from '../guest/group.js';
import {
  type IncumbentService,
  type RunningIncumbent,
  startKeepalived,
  startLdirectord,
  startOriginal,
} from '../guest/incumbents.js';
import { LiveConnections } from '../guest/live-connections.js';
import { serverBlocks, virtualBlock } from '../guest/lvs-cf.js';
import { addressOf, Networks, SERVER_NAMES, type ServerName } from '../guest/networks.js';
import { holdSilently, PORTS, RealServer } from '../guest/real-server.js';
import { get, until } from '../guest/requests.js';
import { SteadyRequests } from '../guest/steady-requests.js';

const VIP = '10.0.0.100';
const FILE = '/run/lab/lvs.cf';
const CONNECTIONS = 12;
const SPAN_MS = 4_000;

const LAST_LINES = 40;
const SERVICE: IncumbentService = { address: VIP, ports: [PORTS.web, PORTS.echo], servers: ['one', 'three'] };

/** A lone director: the partner of the product before it was stopped, and Piranha's is not started yet. */
const CONFIGURATION = `primary = ${addressOf('alpha', 'public')}
service = lvs
network = direct
${virtualBlock('web', { address: `${VIP} eth0:1`, port: PORTS.web, scheduler: 'rr' }, serverBlocks('public', SERVICE.servers))}
${virtualBlock(
  'echo',
  { address: `${VIP} eth0:1`, port: PORTS.echo, scheduler: 'rr', send: '"x"', expect: '"x"' },
  serverBlocks('public', SERVICE.servers),
)}
`;

/** What lvsctl says in JSON. */
interface Answer {
  readonly ok?: boolean;
  readonly error?: { readonly code: string; readonly message: string };
  readonly differences?: readonly {
    readonly code: string;
    readonly place: string;
    readonly reason: string;
  }[];
  readonly steps?: readonly { readonly step: string; readonly durationMs: number }[];
}

/** A director on which another product serves. */
class MigrationLab implements SharedLab {
  private readonly networks = new Networks();
  readonly client = this.networks.host('client');
  readonly host = this.networks.host('alpha');
  readonly servers: Readonly<Record<ServerName, RealServer>>;
  readonly director: Director;
  incumbent: RunningIncumbent | undefined;

  private constructor() {
    mkdirSync('/run/lab', { recursive: true });
    writeFileSync(FILE, CONFIGURATION);
    const server = (name: ServerName): RealServer => new RealServer(name, this.networks.host(name));
    this.servers = { one: server('one'), two: server('two'), three: server('three') };
    this.director = new Director('alpha', this.host, FILE);
    for (const name of SERVER_NAMES) holdSilently(this.networks.host(name), [VIP]);
  }

  static async open(): Promise<MigrationLab> {
    const lab = new MigrationLab();
    for (const name of SERVER_NAMES) await lab.servers[name].start();
    return lab;
  }

  /** Waits until the product has every server in its table and answers. */
  async serves(incumbent: RunningIncumbent): Promise<void> {
    this.incumbent = incumbent;
    await until('the other product to serve', async () => {
      assert.equal(this.entries(), SERVICE.ports.length * SERVICE.servers.length);
      return (await get(this.client, VIP)) !== '';
    });
  }

  /** Real servers in the table, of every service. */
  entries(): number {
    return this.director.table().filter((line) => line.startsWith('-a ')).length;
  }

  /** What of the kernel a product would notice. */
  kernel(): string {
    const daemons = this.host.exec('ipvsadm', '-Ln', '--daemon');
    return [...this.director.table(), ...this.director.addresses(), daemons].join('\n');
  }

  async lvsctl(...words: readonly string[]): Promise<Answer> {
    const text = await this.director.lvsctl(...words);
    return JSON.parse(text) as Answer;
  }

  /** Demands that a change under load costs no request and no connection. */
  async withoutLoss(change: () => Promise<void>): Promise<void> {
    const connections = new LiveConnections(this.client, VIP);
    await connections.open(CONNECTIONS, SPAN_MS);
    const requests = new SteadyRequests(this.client, VIP);
    try {
      await change();
    } finally {
      const { requests: count, failures } = await requests.end();
      const survivors = await connections.survivors();
      connections.close();
      assert.deepEqual(failures, [], `of ${count} requests`);
      assert.deepEqual(survivors, { alive: CONNECTIONS, problems: [] });
    }
  }

  /** Piranha's own clean stop after an adoption that is done with: nothing is left. */
  async stopPiranha(): Promise<void> {
    await this.director.stop();
    assert.deepEqual(this.director.table(), []);
    assert.equal(this.director.holds(VIP), false);
  }

  lastLines(): string {
    return [...lastLinesIn(this.director.directory), this.incumbent?.lastLines() ?? ''].join('\n');
  }

  async close(): Promise<void> {
    // The guest ends with its processes.
  }
}

/** The ends of the log files in a directory. */
function lastLinesIn(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => readFileSync(`${directory}/${name}`, 'utf8').trimEnd().split('\n').slice(-LAST_LINES));
}

/** Takes the service over; how long each step took. */
async function adopt(lab: MigrationLab, ...words: readonly string[]): Promise<string> {
  const answer = await lab.lvsctl('adopt', ...words, FILE, '--', '--log-dir', lab.director.directory);
  assert.equal(answer.ok, true, JSON.stringify(answer));
  assert.equal((await lab.director.pulse()).state, 'active');
  return (answer.steps ?? []).map(({ step, durationMs }) => `${step}: ${durationMs} ms`).join(', ');
}

/** A server that is taken out, which only a product that really goes on would do. */
async function looksAfterServers(lab: MigrationLab): Promise<void> {
  const all = lab.entries();
  await lab.servers.three.stop();
  await until('the failed server to leave the table', () => lab.entries() === all - SERVICE.ports.length);
  await lab.servers.three.start();
  await until('the server that is back', () => lab.entries() === all);
}

/** What holds beside every product. */
async function adoptAndUndo(lab: MigrationLab): Promise<string> {
  const before = lab.kernel();
  let adopted = '';
  await lab.withoutLoss(async () => {
    adopted = await adopt(lab);
  });
  await looksAfterServers(lab);
  await lab.withoutLoss(async () => {
    const answer = await lab.lvsctl('adopt', '--undo');
    assert.equal(answer.ok, true, JSON.stringify(answer));
  });
  assert.equal(lab.kernel(), before);
  assert.deepEqual(lab.director.pids(), []);
  await looksAfterServers(lab);
  return adopted;
}

export const migration: ScenarioGroup<MigrationLab> = {
  name: 'migration',
  title: 'services taken over from other products',
  needs: { keepalived: 'keepalived', ldirectord: 'ldirectord' },
  open: () => MigrationLab.open(),
  scenarios: {
    'a shadow beside keepalived agrees, and names the server that its own check would take out': async (
      lab,
    ) => {
      await lab.serves(startKeepalived(lab.host, SERVICE));
      const before = lab.kernel();
      lab.servers.three.hangs = true;
      const shadow = new LvsctlRun(lab.director, 'shadow', FILE);
      const place = `tcp ${VIP}:80 ${addressOf('three', 'public')}:80`;
      await until('the difference', () =>
        shadow.text.includes(`differs SHADOW_SERVER_OUT ${place}: weight 1 now`),
      );
      lab.servers.three.hangs = false;
      await until('the agreement', () => shadow.text.includes(`agreed SHADOW_SERVER_OUT ${place}: after`));
      assert.equal(await shadow.interrupt(), 0, shadow.text);
      assert.match(shadow.text, /: 1 difference seen, 0 stand now\n/);
      assert.equal(lab.kernel(), before);
      return shadow.text;
    },

    'adopt under load takes over from keepalived, and the undo gives back: nothing is lost': adoptAndUndo,

    'adopt for good: keepalived ends, Piranha serves, and leaves nothing at its stop': async (lab) => {
      await lab.withoutLoss(async () => {
        await adopt(lab);
      });
      assert.equal((await lab.lvsctl('adopt', '--finish')).ok, true);
      await until('its end', () => lab.incumbent?.isAlive() === false);
      assert.notEqual(await get(lab.client, VIP), '');
      await lab.stopPiranha();
    },

    'adopt under load takes over from ldirectord, and the undo gives back: nothing is lost': async (lab) => {
      await lab.serves(startLdirectord(lab.host, SERVICE));
      return adoptAndUndo(lab);
    },

    'an adoption that is cut off is undone, and ldirectord goes on': async (lab) => {
      const before = lab.kernel();
      const cut = new LvsctlRun(lab.director, 'adopt', FILE);
      await until('the freeze', () => cut.text.includes('froze ldirectord'));
      assert.notEqual(await cut.interrupt(), 0);
      assert.equal((await lab.lvsctl('adopt', FILE)).error?.code, 'ADOPT_UNDER_WAY');
      const answer = await lab.lvsctl('adopt', '--undo');
      assert.equal(answer.ok, true, JSON.stringify(answer));
      assert.equal(lab.kernel(), before);
      assert.deepEqual(lab.director.pids(), []);
      await looksAfterServers(lab);
      lab.incumbent?.kill();
      lab.host.exec('ipvsadm', '-C');
      lab.host.ip(`addr del ${VIP}/32 dev eth0`);
    },

    'the original holds the port of the heartbeats: it is taken over for good or not at all': async (lab) => {
      await lab.serves(await startOriginal(lab.host, SERVICE));
      const refused = await lab.lvsctl('adopt', FILE);
      assert.equal(refused.error?.code, 'ADOPT_ONLY_FINAL');
      await lab.withoutLoss(async () => {
        await adopt(lab, '--final');
      });
      await until('its end', () => lab.incumbent?.isAlive() === false);
      // The original's address had a whole network behind it.
      assert.deepEqual(
        lab.director.addresses().filter((line) => line.includes(VIP)),
        [`eth0 ${VIP}/32`],
      );
      await lab.stopPiranha();
    },

    'where nobody serves, or not with these addresses, adopt refuses and changes nothing': async (lab) => {
      assert.equal((await lab.lvsctl('adopt', FILE)).error?.code, 'ADOPT_NOBODY');
      assert.equal((await lab.lvsctl('adopt', '--undo')).error?.code, 'ADOPT_NONE');
      const original = await startOriginal(lab.host, SERVICE);
      lab.host.ip(`addr del ${VIP}/24 dev eth0`);
      const before = lab.kernel();
      assert.equal((await lab.lvsctl('adopt', '--final', FILE)).error?.code, 'ADOPT_ADDRESSES');
      assert.equal(lab.kernel(), before);
      assert.equal(original.isAlive(), true);
      original.kill();
    },
  },
};
