import assert from 'node:assert/strict';
import {
  type Director,
  diffTables,
  KernelDirector,
  KernelServers,
  operationText,
  ownedKeys,
  type ServiceKey,
  saveLines,
  type Table,
  type TableOperation,
} from '@piranha/ipvs';
import { COMPLIANCE } from '@piranha/ipvs/compliance';
import type { ScenarioGroup, SharedLab } from '../guest/group.js';

const KEY: ServiceKey = { kind: 'address', protocol: 'tcp', address: '127.0.0.9', port: 80 };

/** Schedulers of the kernel with flags that each takes. */
const SCHEDULERS: readonly (readonly [string, ...string[]])[] = [
  ['rr'],
  ['wrr'],
  ['lc'],
  ['wlc'],
  ['lblc'],
  ['lblcr'],
  ['dh'],
  ['sh'],
  ['sh', 'sh-fallback', 'sh-port'],
  ['mh'],
  ['mh', 'mh-fallback', 'mh-port'],
  ['sed'],
  ['nq'],
  ['fo'],
  ['ovf'],
];

/** One of everything that the model can say. */
const EVERYTHING: Table = {
  services: [
    service({ kind: 'address', protocol: 'tcp', address: '10.0.0.9', port: 80 }, [
      server('10.0.0.11', 80, 'direct', { weight: 3, upperThreshold: 100, lowerThreshold: 50 }),
      server('10.0.0.12', 80, 'tunnel'),
      server('10.0.0.13', 8080, 'masquerade', { weight: 0 }),
    ]),
    {
      ...service({ kind: 'address', protocol: 'udp', address: '10.0.0.9', port: 53 }, [
        server('10.0.0.11', 53, 'direct'),
      ]),
      onePacket: true,
    },
    service({ kind: 'address', protocol: 'sctp', address: '10.0.0.9', port: 99 }, [
      server('10.0.0.11', 99, 'direct'),
    ]),
    {
      ...service({ kind: 'address', protocol: 'tcp', address: '2001:db8::9', port: 443 }, [
        server('2001:db8::11', 443, 'masquerade'),
      ]),
      persistentSeconds: 60,
      persistenceMask: '64',
    },
    {
      ...service({ kind: 'mark', mark: 7, family: 4 }, [server('10.0.0.11', 0, 'direct')]),
      persistentSeconds: 300,
      persistenceMask: '255.255.255.0',
    },
    service({ kind: 'mark', mark: 8, family: 6 }, [server('2001:db8::11', 80, 'masquerade')]),
  ],
};

function service(key: ServiceKey, servers: Table['services'][number]['servers']): Table['services'][number] {
  return {
    key,
    scheduler: 'wlc',
    schedulerFlags: [],
    persistentSeconds: 0,
    persistenceMask: undefined,
    onePacket: false,
    servers,
  };
}

type Server = Table['services'][number]['servers'][number];

function server(
  address: string,
  port: number,
  forwarding: Server['forwarding'],
  more: Partial<Server> = {},
): Server {
  return { address, port, forwarding, weight: 1, upperThreshold: 0, lowerThreshold: 0, ...more };
}

function additions(table: Table): TableOperation[] {
  return table.services.flatMap(({ servers, ...settings }) => [
    { type: 'addService' as const, service: settings },
    ...servers.map((one) => ({ type: 'addServer' as const, key: settings.key, server: one })),
  ]);
}

async function empty(director: Director): Promise<void> {
  const { services } = await director.readTable();
  await director.apply(services.map(({ key }) => ({ type: 'deleteService', key })));
}

const compliance = Object.fromEntries(
  Object.entries(COMPLIANCE).map(([title, run]) => [
    `the contract of every director: ${title}`,
    async ({ director }: KernelTable) => {
      await empty(director);
      await run(director, KEY);
    },
  ]),
);

/** What the kernel refuses is said in the words of ipvsadm; what it says in another way is left to ipvsadm. */
async function requireRefusals(servers: KernelServers): Promise<void> {
  const key = { kind: 'address', protocol: 'tcp', address: '10.0.0.9', port: 80 } as const;
  const known = server('10.0.0.11', 80, 'direct');
  const other = server('10.0.0.99', 80, 'direct');
  const unknown = { ...key, port: 81 };
  const results = [
    await servers.carryOut({ type: 'addServer', key, server: known }),
    await servers.carryOut({ type: 'editServer', key, server: other }),
    await servers.carryOut({ type: 'deleteServer', key, address: other.address, port: other.port }),
    await servers.carryOut({ type: 'addServer', key: unknown, server: known }),
    await servers.carryOut({ type: 'editServer', key, server: { ...known, lowerThreshold: 9 } }),
  ];
  assert.deepEqual(
    results.map((result) => (result === undefined || result.ok ? result : result.message)),
    [
      'Destination already exists',
      'No such destination',
      'No such destination',
      'Service not defined',
      undefined,
    ],
  );
}

interface KernelTable extends SharedLab {
  readonly director: Director;
}

export const table: ScenarioGroup<KernelTable> = {
  name: 'table',
  title: "the kernel's table",
  open: async () => {
    const director = new KernelDirector();
    return { director, lastLines: () => '', close: () => empty(director) };
  },
  scenarios: {
    ...compliance,

    'every scheduler is accepted with its flags and shown': async ({ director }) => {
      for (const [scheduler, ...schedulerFlags] of SCHEDULERS) {
        await empty(director);
        const wanted: Table['services'][number] = { ...service(KEY, []), scheduler, schedulerFlags };
        assert.deepEqual(await director.apply(additions({ services: [wanted] })), [{ ok: true }], scheduler);
        assert.deepEqual(await director.readTable(), { services: [wanted] });
      }
    },

    'protocols, families, marks, thresholds and persistence are stored as they are wanted': async ({
      director,
    }) => {
      await empty(director);
      const results = await director.apply(additions(EVERYTHING));
      assert.deepEqual(
        results.filter(({ ok }) => !ok),
        [],
      );
      assert.deepEqual(await director.readTable(), EVERYTHING);
      assert.ok(saveLines(EVERYTHING).includes('-A -u 10.0.0.9:53 -s wlc -o'));
    },

    'real servers of every kind of service are added, changed and removed without ipvsadm': async ({
      director,
    }) => {
      await empty(director);
      await director.apply(
        additions({ services: EVERYTHING.services.map((one) => ({ ...one, servers: [] })) }),
      );
      const servers = new KernelServers();
      const carryOut = async (type: 'addServer' | 'editServer', weight: number) => {
        for (const { key, servers: wanted } of EVERYTHING.services) {
          for (const one of wanted) {
            const operation = { type, key, server: { ...one, weight: one.weight + weight } };
            assert.deepEqual(await servers.carryOut(operation), { ok: true }, operationText(operation));
          }
        }
      };
      await carryOut('addServer', 5);
      await carryOut('editServer', 0);
      assert.deepEqual(await director.readTable(), EVERYTHING);
      await requireRefusals(servers);
      for (const { key, servers: wanted } of EVERYTHING.services) {
        for (const { address, port } of wanted) {
          assert.deepEqual(await servers.carryOut({ type: 'deleteServer', key, address, port }), {
            ok: true,
          });
        }
      }
      assert.ok((await director.readTable()).services.every((one) => one.servers.length === 0));
      servers.close();
    },

    'a refused operation of a plan names its reason, and the others are carried out': async ({
      director,
    }) => {
      await empty(director);
      const results = await director.apply([
        { type: 'addService', service: { ...service(KEY, []), scheduler: 'nonsense' } },
        ...additions({ services: [service({ ...KEY, port: 81 }, [server('127.0.0.11', 81, 'direct')])] }),
      ]);
      assert.deepEqual(
        results.map(({ ok }) => ok),
        [false, true, true],
      );
      assert.match(JSON.stringify(results[0]), /Scheduler/);
    },

    '10,000 real servers are loaded, and one change touches that entry alone': async ({ director }) => {
      await empty(director);
      const large: Table = {
        services: Array.from({ length: 200 }, (_, index) =>
          service(
            { kind: 'address', protocol: 'tcp', address: '10.0.0.9', port: 1_000 + index },
            Array.from({ length: 50 }, (__, number) =>
              server(`10.1.${index}.${number + 1}`, 1_000 + index, 'direct'),
            ),
          ),
        ),
      };
      const results = await director.apply(additions(large));
      assert.equal(results.filter(({ ok }) => ok).length, 10_200);
      assert.deepEqual(await director.readTable(), large);
      const changed: Table = {
        services: large.services.map((one, index) =>
          index === 99
            ? { ...one, servers: one.servers.map((each, at) => (at === 7 ? { ...each, weight: 5 } : each)) }
            : one,
        ),
      };
      const keys = new Set(ownedKeys(large));
      const operations = diffTables(changed, await director.readTable(), keys);
      assert.equal(operations.length, 1);
      assert.deepEqual(await director.apply(operations), [{ ok: true }]);
      assert.deepEqual(await director.readTable(), changed);
    },
  },
};
