import { parseConfiguration } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import { dutiesOf } from '../../src/core/duties.js';

const GLOBAL = `
primary = 192.0.2.1
primary_private = 10.9.0.1
backup = 192.0.2.2
backup_active = 1
nat_router = 10.0.0.254 eth1:1
network = direct
`;

interface Block {
  readonly name?: string;
  readonly head?: string;
  readonly servers?: string;
}

function virtual({ name = 'web', head = 'address = 192.0.2.100 eth0:1\nport = 80', servers }: Block = {}) {
  const server = servers ?? 'server a {\naddress = 10.0.0.11\nactive = 1\n}';
  return `virtual ${name} {\nactive = 1\n${head}\n${server}\n}\n`;
}

async function duties(text: string, ...own: readonly string[]) {
  const { configuration, diagnostics } = await parseConfiguration(Buffer.from(GLOBAL + text), 'lvs.cf');
  if (configuration === undefined) throw new Error(JSON.stringify(diagnostics));
  return dutiesOf(configuration, own);
}

describe('what an lvs.cf asks of a machine', () => {
  it('the VIP of a service that has it as a server', async () => {
    expect(await duties(virtual(), '10.0.0.11', '2001:db8::5')).toEqual({
      vips: [{ address: '192.0.2.100', method: 'direct' }],
      duties: [
        {
          service: 'web',
          protocol: 'tcp',
          address: '192.0.2.100',
          port: 80,
          forwarding: 'direct',
          ownAddress: '10.0.0.11',
        },
      ],
      gateways: ['10.0.0.254', '192.0.2.1', '10.9.0.1', '192.0.2.2'],
      remarks: [],
    });
  });

  it('nothing for another machine, an inactive service, an inactive server or one on lo', async () => {
    expect((await duties(virtual(), '10.0.0.12')).vips).toEqual([]);
    const other = virtual({
      name: 'other',
      servers: 'server b {\naddress = 10.0.0.12\nactive = 1\n}',
    }).replace('100', '101');
    const off = virtual().replace('active = 1', 'active = 0');
    expect((await duties(off + other, '10.0.0.11')).vips).toEqual([]);
    const inactive = virtual({ servers: 'server a {\naddress = 10.0.0.11\nactive = 0\n}' });
    expect((await duties(inactive, '10.0.0.11')).vips).toEqual([]);
    const local = virtual({ servers: 'server a {\naddress = 127.0.0.1\nactive = 1\n}' });
    expect((await duties(local, '127.0.0.1')).vips).toEqual([]);
  });

  it('NAT needs no VIP, and the port is the real one', async () => {
    const servers = 'server a {\naddress = 10.0.0.11\nactive = 1\nforward = nat\nport = 8080\n}';
    const { vips, duties: all, remarks } = await duties(virtual({ servers }), '10.0.0.11');
    expect(vips).toEqual([]);
    expect(all).toMatchObject([{ address: '10.0.0.11', port: 8_080, forwarding: 'nat' }]);
    expect(remarks).toEqual([expect.stringContaining('web comes by NAT')]);
  });

  it("a VIP that comes both ways is the tunnel's", async () => {
    const tunnelled = virtual({
      name: 'mail',
      head: 'address = 192.0.2.100 eth0:1\nport = 25',
      servers: 'server a {\naddress = 10.0.0.11\nactive = 1\nforward = tunnel\n}',
    });
    for (const text of [virtual() + tunnelled, tunnelled + virtual()]) {
      expect((await duties(text, '10.0.0.11')).vips).toEqual([{ address: '192.0.2.100', method: 'tunnel' }]);
    }
  });

  it('a mark: every port of its VIP; without a VIP a remark', async () => {
    const head = 'fwmark = 7\naddress = 192.0.2.100 eth0:1\nport = 80';
    expect((await duties(virtual({ head }), '10.0.0.11')).duties).toMatchObject([{ port: 0 }]);
    const bare = await duties(virtual({ head: 'fwmark = 7\nport = 80' }), '10.0.0.11');
    expect(bare.vips).toEqual([]);
    expect(bare.remarks).toEqual(['web has a mark and no address: name its VIPs yourself']);
  });

  it('the sorry server needs the VIP too', async () => {
    const head = 'address = 192.0.2.100 eth0:1\nport = 80\nsorry_server = 10.0.0.99';
    const { vips, duties: all } = await duties(virtual({ head }), '10.0.0.99');
    expect(vips).toEqual([{ address: '192.0.2.100', method: 'direct' }]);
    expect(all).toMatchObject([{ port: 80, ownAddress: '10.0.0.99' }]);
  });

  it('a tunnel between families is left to the operator', async () => {
    const head = 'address = 2001:db8::100 eth0:1\nport = 80';
    const servers = 'server a {\naddress = 10.0.0.11\nactive = 1\nforward = tunnel\n}';
    const { vips, remarks } = await duties(virtual({ head, servers }), '10.0.0.11');
    expect(vips).toEqual([]);
    expect(remarks).toEqual([expect.stringContaining('a tunnel between families')]);
  });
});
