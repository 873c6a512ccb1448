import { describe, expect, it } from 'vitest';
import { findServers, hostNameIn, placedServers } from '../../src/core/find-servers.js';
import { configurationOf, realServer, virtualServer } from '../support.js';

const one = realServer({ name: 'one', address: '10.0.0.11', port: 80 });
const two = realServer({ name: 'two', address: '10.0.0.12', port: 80 });
const SERVICES = [
  virtualServer({ name: 'web', servers: [one, two] }),
  virtualServer({
    name: 'mail/in',
    port: 25,
    servers: [
      realServer({ name: 'one', address: '10.0.0.11', port: 25 }),
      realServer({ name: 'other', address: '10.0.0.13', hostName: 'host3.example.com', port: 25 }),
      realServer({ name: 'asleep', address: '10.0.0.19', active: false }),
    ],
  }),
  virtualServer({
    name: 'six',
    port: 443,
    servers: [
      realServer({ name: 'other', address: '2001:db8::1', port: 443 }),
      realServer({ name: 'direct', address: '10.0.0.14', port: 8443, forwarding: 'direct' }),
    ],
  }),
];
const PLACED = placedServers(configurationOf(SERVICES));

const HOSTS = new Map([
  ['db.example.com', ['2001:db8:0::1', '10.9.9.9']],
  ['two.example.com', ['10.0.0.12']],
]);

function found(word: string): string[] {
  const result = findServers(PLACED, word, (name) => HOSTS.get(name));
  return result.ok
    ? result.servers.map(({ service, server }) => `${service.name}/${server.name}`)
    : [result.code, result.hint];
}

describe('findServers', () => {
  it.each([
    ['one', ['web/one', 'mail/in/one']],
    ['10.0.0.11', ['web/one', 'mail/in/one']],
    ['10.0.0.11:25', ['mail/in/one']],
    ['web/one', ['web/one']],
    ['mail/in/one', ['mail/in/one']],
    ['mail/in/10.0.0.13', ['mail/in/other']],
    ['tcp 10.0.0.9:80/two', ['web/two']],
    ['2001:DB8:0::1', ['six/other']],
    ['[2001:db8::1]', ['six/other']],
    ['[2001:db8::1]:443', ['six/other']],
    ['six/other', ['six/other']],
    // By the port of its check, and by that of the table.
    ['10.0.0.14:8443', ['six/direct']],
    ['10.0.0.14:443', ['six/direct']],
  ])('%s', (word, servers) => {
    expect(found(word)).toEqual(servers);
  });

  it.each([
    ['one:80', ['web/one']],
    ['one:25', ['mail/in/one']],
    ['web/two:80', ['web/two']],
    ['direct:443', ['six/direct']],
    ['host3.example.com', ['mail/in/other']],
    ['host3', ['mail/in/other']],
    ['host3.example.com:25', ['mail/in/other']],
    ['host3:25', ['mail/in/other']],
    ['mail/in/host3', ['mail/in/other']],
    // Of a name service.
    ['db.example.com', ['six/other']],
    ['db.example.com:443', ['six/other']],
    ['two.example.com', ['web/two']],
  ])('%s, by a name', (word, servers) => {
    expect(found(word)).toEqual(servers);
  });

  it.each(['one:81', 'host3.example', 'host3:80', 'db.example.com:80', 'nobody.example.com'])(
    '%s means none of them',
    (word) => {
      expect(found(word)[0]).toBe('SERVER_UNKNOWN');
    },
  );

  it('asks no name service for what lvs.cf knows', () => {
    const asked: string[] = [];
    const result = findServers(PLACED, 'one:80', (name) => {
      asked.push(name);
      return ['10.0.0.12'];
    });
    expect(result.ok && result.servers.map(({ server }) => server.name)).toEqual(['one']);
    expect(hostNameIn('web.example.com:80')).toBe('web.example.com');
    for (const word of ['web/one', '', 'a b', '[::1]:80', '-x', 'x:'])
      expect(hostNameIn(word)).toBeUndefined();
  });

  it('does not guess which of two machines of one name is meant', () => {
    expect(found('other')).toEqual([
      'SERVER_AMBIGUOUS',
      'say which one: mail/in/other (10.0.0.13:25), six/other ([2001:db8::1]:443)',
    ]);
  });

  it.each(['three', 'asleep', 'mail/one', '10.0.0.11:81', '', '/', 'web/'])(
    'names the candidates for the unknown %j',
    (word) => {
      const [code, hint] = found(word);
      expect(code).toBe('SERVER_UNKNOWN');
      expect(hint).toContain('web/one (10.0.0.11:80), web/two (10.0.0.12:80)');
    },
  );

  it('names a few of very many candidates', () => {
    const servers = Array.from({ length: 300 }, (_, index) => realServer({ name: `s${index}` }));
    const placed = placedServers(configurationOf([virtualServer({ servers })]));
    const result = findServers(placed, 'x');
    expect(result.ok ? '' : result.hint).toMatch(/web\/s11 \(10\.0\.0\.11:80\) and 288 more$/);
  });
});
