import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortTable } from '../../src/core/order.js';
import { operationText, parseSaveText, saveLines } from '../../src/index.js';
import { recorded } from '../support/recorded.js';
import { anyTable } from '../support/tables.js';

const RECORDED = recorded('save');

/** What ipvsadm 1.31 printed with -Sn on a kernel with IPVS. */
const PRINTED = `-A -t 9.0.0.9:80 -s sh -b sh-port
-A -t 10.0.0.9:0 -s rr -p 60
-a -t 10.0.0.9:0 -r 10.0.0.14:0 -g -w 1
-a -t 10.0.0.9:0 -r 10.0.0.15:80 -m -w 1
-A -t 10.0.0.9:80 -s rr -p 300 -M 255.255.255.0
-a -t 10.0.0.9:80 -r 10.0.0.11:80 -g -w 3
-a -t 10.0.0.9:80 -r 10.0.0.12:8080 -m -w 3
-a -t 10.0.0.9:80 -r 10.0.0.13:80 -i -w 0 --tun-type ipip
-A -t 10.0.0.9:443 -s wlc -p 300
-a -t 10.0.0.9:443 -r 10.0.0.13:443 -m -w 1
-A -u 10.0.0.9:53 -s rr -o
-A --sctp-service 10.0.0.9:99 -s rr
-A -f 3 -s wlc
-A -f 7 -s wlc -p 60
-a -f 7 -r 10.0.0.11:80 -g -w 1
-a -f 7 -r 10.0.0.12:80 -m -w 1
-a -f 7 -r 10.0.0.13:0 -m -w 1
-a -f 7 -r 10.0.0.14:0 -i -w 1 --tun-type ipip
-A -f 8 -6 -s wlc
`;

describe('the text of ipvsadm -Sn', () => {
  it('of a real kernel is read and printed back line by line', () => {
    const { table, problems } = parseSaveText(PRINTED);
    expect(problems).toEqual([]);
    expect(`${saveLines(table).join('\n')}\n`).toBe(PRINTED);
  });

  it('carries what is never ours along: other tunnels, persistence engines, flags without a name', () => {
    const { table, problems } = parseSaveText(RECORDED);
    expect(problems).toEqual([]);
    // Of a flag that it has no name for, ipvsadm prints the option alone.
    expect([...saveLines(table)].sort()).toEqual(
      RECORDED.replace(' -b \n', '\n').trimEnd().split('\n').sort(),
    );
    const texts = table.services.flatMap(({ otherWords, servers }) => [
      otherWords,
      ...servers.map(({ otherTunnel }) => otherTunnel),
    ]);
    expect(texts.filter((text) => text !== undefined)).toEqual([
      '--tun-type gue --tun-port 6000 --tun-nocsum',
      '--tun-type gue --tun-port 6001 --tun-remcsum',
      '--tun-type gre --tun-csum',
      '--pe sip',
    ]);
  });

  it('leaves out a line of a later ipvsadm, and goes on', () => {
    const { table, problems } = parseSaveText('-A -t 10.0.0.9:80 -s rr --new x\n-A -t 10.0.0.9:81 -s rr\n');
    expect(problems).toEqual([{ line: 1, text: 'unknown word --new' }]);
    expect(table.services).toHaveLength(1);
  });

  it('reads marks from 2^31 on, which ipvsadm prints as negative numbers', () => {
    const { table } = parseSaveText('-A -f -1 -s wlc\n');
    expect(table.services[0]?.key).toEqual({ kind: 'mark', mark: 4_294_967_295, family: 4 });
    const [service] = table.services;
    expect(service && operationText({ type: 'addService', service })).toBe('-A -f 4294967295 -s wlc');
  });

  it('survives print and read for any table', () => {
    fc.assert(
      fc.property(anyTable, (table) => {
        const { table: read, problems } = parseSaveText(saveLines(table).join('\n'));
        expect(problems).toEqual([]);
        expect(read).toEqual(sortTable(table));
      }),
    );
  });

  it('never throws on any text, and names the line that makes no sense', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseSaveText(text)));
    const { table, problems } = parseSaveText(
      '-A -t 10.0.0.9:80 -s rr\n-a -t 10.0.0.9:99999 -r x\n\n-A -f 7 -s wlc\n',
    );
    expect(problems).toEqual([{ line: 2, text: '10.0.0.9:99999 is not an address with a port' }]);
    expect(table.services).toHaveLength(2);
  });

  it('writes IPv6 in brackets and thresholds in commands only', () => {
    const key = { kind: 'address', protocol: 'tcp', address: 'fd00::9', port: 80 } as const;
    const server = {
      address: 'fd00::11',
      port: 80,
      forwarding: 'direct',
      weight: 1,
      upperThreshold: 9,
      lowerThreshold: 5,
    } as const;
    expect(operationText({ type: 'addServer', key, server })).toBe(
      '-a -t [fd00::9]:80 -r [fd00::11]:80 -g -w 1 -x 9 -y 5',
    );
    expect(operationText({ type: 'deleteServer', key, address: 'fd00::11', port: 80 })).toBe(
      '-d -t [fd00::9]:80 -r [fd00::11]:80',
    );
  });
});
