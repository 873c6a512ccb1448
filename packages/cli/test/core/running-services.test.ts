import { type LvsConfiguration, parseLvsCf } from '@piranha/config';
import { desiredTable, serverKeyText } from '@piranha/ipvs';
import type { LvsdStatus, ServiceRulesStatus } from '@piranha/protocol';
import { describe, expect, it } from 'vitest';
import { runningServices } from '../../src/core/running-services.js';

function configurationOf(words: string, servers = 4): LvsConfiguration {
  const blocks = Array.from(
    { length: servers },
    (_, index) => `server s${index} {\naddress = 10.0.0.${index + 1}\nactive = 1\nweight = 10\n}\n`,
  );
  const text = `primary = 192.0.2.1
virtual web {
active = 1
address = 192.0.2.100 eth0:1
port = 80
${words}
${blocks.join('')}}
`;
  const { configuration, diagnostics } = parseLvsCf(text);
  if (!configuration) throw new Error(JSON.stringify(diagnostics));
  return configuration;
}

interface Told {
  /** `u` up, `d` down, `o` up and drained by order. */
  readonly health: string;
  readonly rules?: ServiceRulesStatus;
  readonly sorryServerActive?: boolean;
}

function statusOf({ health, rules, sorryServerActive = false }: Told): LvsdStatus {
  const servers = [...health].map((letter, index) => ({
    address: `10.0.0.${index + 1}`,
    port: 80,
    health: letter === 'd' ? 'down' : 'up',
    ...(letter === 'o' ? { maintenance: { phase: 'draining' } } : {}),
  }));
  const service = { name: 'web', key: 'tcp 192.0.2.100:80', sorryServerActive, servers, rules };
  return { ready: true, services: [service] } as unknown as LvsdStatus;
}

/** Weights by the last number of the address, as the plan would have them. */
function weights(configuration: LvsConfiguration, told: Told): string {
  const { verdictOf, lacksQuorum } = runningServices(statusOf(told), configuration);
  const [service] = desiredTable(configuration, verdictOf, { lacksQuorum }).services;
  return (service?.servers ?? [])
    .map((server) => `${serverKeyText(server).replace(/^.*\.(\d+):80$/, '$1')}=${server.weight}`)
    .join(' ');
}

const places = (...numbers: number[]) => numbers.map((number) => `10.0.0.${number}:80`);
const NO_QUORUM = { quorum: 'unknown', panicking: false, steady: [] } as const;

describe('what a running lvsd makes of another configuration', () => {
  it('keeps the servers of before where its panic does, and takes them out where the file knows none', () => {
    const rules: ServiceRulesStatus = { ...NO_QUORUM, panicking: true, steady: places(1, 2, 3) };
    expect(weights(configurationOf('panic_threshold = 50'), { health: 'uddd', rules })).toBe(
      '1=10 2=10 3=10',
    );
    expect(weights(configurationOf(''), { health: 'uddd', rules })).toBe('1=10');
    // A threshold that the present health does not come below ends it.
    expect(weights(configurationOf('panic_threshold = 20'), { health: 'uddd', rules })).toBe('1=10');
  });

  it('begins no panic with servers of which nobody knows that they were up', () => {
    expect(weights(configurationOf('panic_threshold = 50'), { health: 'uddd' })).toBe('1=10');
    const rules: ServiceRulesStatus = { ...NO_QUORUM, steady: places(1, 2) };
    expect(weights(configurationOf('panic_threshold = 50'), { health: 'uddd', rules })).toBe('1=10 2=10');
  });

  it('lets the sorry server in by the quorum of the file, with the hysteresis of what is', () => {
    const words = (quorum: number, hysteresis = 0) =>
      configurationOf(`sorry_server = 10.0.0.9\nquorum = ${quorum}\nhysteresis = ${hysteresis}`);
    const reached: ServiceRulesStatus = { ...NO_QUORUM, quorum: 'reached' };
    const lost: ServiceRulesStatus = { ...NO_QUORUM, quorum: 'lost' };
    expect(weights(words(20), { health: 'uudd', rules: reached })).toBe('1=10 2=10');
    expect(weights(words(30), { health: 'uudd', rules: reached })).toBe('1=0 2=0 9=1');
    expect(weights(words(25, 5), { health: 'uudd', rules: reached })).toBe('1=10 2=10');
    expect(weights(words(25, 5), { health: 'uudd', rules: lost })).toBe('1=0 2=0 9=1');
    // Whoever drains by order counts nowhere.
    expect(weights(words(20), { health: 'uodd', rules: reached })).toBe('1=0 2=0 9=1');
  });

  it('finds a quorum lost where the sorry server of an lvsd that says no more serves', () => {
    const words = 'sorry_server = 10.0.0.9\nquorum = 20\nhysteresis = 10';
    const told = { health: 'uudd' };
    expect(weights(configurationOf(words), { ...told, sorryServerActive: true })).toBe('1=0 2=0 9=1');
    expect(weights(configurationOf(words), told)).toBe('1=10 2=10');
    expect(weights(configurationOf('sorry_server = 10.0.0.9'), { ...told, sorryServerActive: true })).toBe(
      '1=10 2=10',
    );
  });

  it('says what it cannot know: servers that nobody watches, and a table that is not settled', () => {
    const status = { ...statusOf({ health: 'uu' }), ready: false };
    expect(runningServices(status, configurationOf('', 3)).assumptions).toEqual([
      'web/s2 (10.0.0.3:80) is not watched yet: taken as up, it comes in after its first check',
      'lvsd waits for first verdicts: its table is not settled',
    ]);
    expect(runningServices(statusOf({ health: 'uu' }), configurationOf('', 2)).assumptions).toEqual([]);
  });
});
