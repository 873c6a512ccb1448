import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKernelStatistics } from '../../src/core/kernel-statistics.js';
import { parseSaveText } from '../../src/core/save-reader.js';
import { withThresholds } from '../../src/core/thresholds.js';
import { type ServiceKey, serverKeyText, serviceKeyText } from '../../src/index.js';
import { recorded } from '../support/recorded.js';

/** As the kernel counted one server's four connections. */
const COUNTERS = { connections: 4, packetsIn: 26, packetsOut: 23, bytesIn: 1_609, bytesOut: 301_609 };

const { table } = parseSaveText(recorded('save'));
const places = (services: readonly Placed[]) => services.flatMap(placesOf).sort();

interface Placed {
  readonly key: ServiceKey;
  readonly servers: readonly { readonly address: string; readonly port: number }[];
}

function placesOf(service: Placed): string[] {
  const text = serviceKeyText(service.key);
  return [text, ...service.servers.map((server) => `${text} ${serverKeyText(server)}`)];
}

describe('the listings of a real kernel', () => {
  const statistics = readKernelStatistics(recorded('stats'), recorded('persistent-conn'));

  it('have counters for every entry of the table, whatever its protocol and family', () => {
    expect(places(statistics)).toEqual(places(table.services));
  });

  it('are joined to one record a server', () => {
    const service = statistics.find(({ key }) => serviceKeyText(key) === 'tcp 10.0.0.9:81');
    expect(service).toMatchObject(COUNTERS);
    expect(service?.servers.find(({ address }) => address === '127.0.0.2')).toEqual({
      address: '127.0.0.2',
      port: 8081,
      activeConnections: 1,
      inactiveConnections: 3,
      persistentConnections: 1,
      ...COUNTERS,
    });
  });

  it('give every server its thresholds', () => {
    const found = withThresholds(table, recorded('thresholds')).services.flatMap(({ servers }) =>
      servers
        .filter(({ upperThreshold }) => upperThreshold > 0)
        .map(({ address, upperThreshold, lowerThreshold }) => [address, upperThreshold, lowerThreshold]),
    );
    expect(found).toEqual([
      ['10.0.0.12', 100, 50],
      ['2001:db8:1111:2222:3333:4444:5555:6666', 65_535, 7],
    ]);
  });

  it('may be any text: what is no row is left out', () => {
    fc.assert(fc.property(fc.string(), (text) => void readKernelStatistics(text, text)));
    expect(
      readKernelStatistics('TCP  nonsense 1 2 3 4 5\n  -> 10.0.0.11:80 1 2 3 4 5\nFWM  x 0 0\n', ''),
    ).toEqual([]);
  });

  it('count nothing for a server that came between the two calls', () => {
    const [service] = readKernelStatistics(recorded('stats'), '');
    expect(service?.servers.every(({ activeConnections }) => activeConnections === 0)).toBe(true);
  });
});
