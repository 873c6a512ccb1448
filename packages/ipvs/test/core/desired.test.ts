import { type LvsConfiguration, parseLvsCf } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import { desiredTable, saveLines } from '../../src/index.js';

function configuration(text: string): LvsConfiguration {
  const { configuration: parsed, diagnostics } = parseLvsCf(Buffer.from(text));
  if (parsed === undefined) throw new Error(JSON.stringify(diagnostics));
  return parsed;
}

interface Block {
  readonly name?: string;
  readonly lines?: string;
  readonly servers?: readonly string[];
}

function virtual({ name = 'web', lines = 'port = 80', servers = ['11', '12'] }: Block): string {
  const blocks = servers.map((entry) => {
    const [last, ...more] = entry.split(' ');
    const extra = more.join(' ');
    return `  server s${last} {\n    address = 10.0.0.${last}\n    active = 1\n${extra === '' ? '' : `    ${extra}\n`}  }\n`;
  });
  return `virtual ${name} {\n  active = 1\n  address = 10.0.0.9 eth0:1\n  ${lines.split('; ').join('\n  ')}\n${blocks.join('')}}\n`;
}

const HEAD = 'primary = 10.0.0.1\n';

function lines(text: string, down: readonly string[] = []): readonly string[] {
  const table = desiredTable(configuration(HEAD + text), (service, server) =>
    down.includes(server.name) || down.includes(`${service.name}/${server.name}`) ? 'down' : 'up',
  );
  return saveLines(table);
}

describe('the desired table', () => {
  it('has a service with its servers that are up', () => {
    expect(lines(virtual({}), ['s12'])).toEqual([
      '-A -t 10.0.0.9:80 -s wlc',
      '-a -t 10.0.0.9:80 -r 10.0.0.11:80 -m -w 1',
    ]);
  });

  it('keeps the real port under NAT alone; direct routing and tunnelling keep the virtual port', () => {
    const block = virtual({ servers: ['11 port = 8080'] });
    expect(lines(block)[1]).toBe('-a -t 10.0.0.9:80 -r 10.0.0.11:8080 -m -w 1');
    expect(lines(`network = direct\n${block}`)[1]).toBe('-a -t 10.0.0.9:80 -r 10.0.0.11:80 -g -w 1');
    expect(lines(`network = tunnel\n${block}`)[1]).toBe(
      '-a -t 10.0.0.9:80 -r 10.0.0.11:80 -i -w 1 --tun-type ipip',
    );
  });

  it('keeps a quiesced server at weight 0, and a server of weight 0 at 0', () => {
    expect(lines(virtual({ lines: 'port = 80; quiesce_server = 1' }), ['s11'])).toContain(
      '-a -t 10.0.0.9:80 -r 10.0.0.11:80 -m -w 0',
    );
    expect(lines(virtual({ servers: ['11 weight = 0', '12'] }))).toContain(
      '-a -t 10.0.0.9:80 -r 10.0.0.11:80 -m -w 0',
    );
  });

  it.each(['port = 80', 'port = 80; quiesce_server = 1'])('goes by an order of an operator (%s)', (words) => {
    const ordered = (order: 'drained' | 'out') =>
      saveLines(
        desiredTable(
          configuration(HEAD + virtual({ lines: `${words}; sorry_server = 10.0.0.99` })),
          () => order,
        ),
      );
    const [service] = lines(virtual({ lines: words }));
    const sorry = '-a -t 10.0.0.9:80 -r 10.0.0.99:80 -m -w 1';
    expect(ordered('out')).toEqual([service, sorry]);
    expect(ordered('drained')).toEqual([
      service,
      '-a -t 10.0.0.9:80 -r 10.0.0.11:80 -m -w 0',
      '-a -t 10.0.0.9:80 -r 10.0.0.12:80 -m -w 0',
      sorry,
    ]);
  });

  it('leaves out servers without a verdict', () => {
    const table = desiredTable(configuration(HEAD + virtual({})), () => 'unknown');
    expect(saveLines(table)).toEqual(['-A -t 10.0.0.9:80 -s wlc']);
  });

  it('brings the sorry server in when nobody is up, and takes it out again', () => {
    const block = virtual({ lines: 'port = 80; sorry_server = 10.0.0.99' });
    expect(lines(block, ['s11', 's12'])).toEqual([
      '-A -t 10.0.0.9:80 -s wlc',
      '-a -t 10.0.0.9:80 -r 10.0.0.99:80 -m -w 1',
    ]);
    expect(lines(block, ['s11'])).not.toContain('-a -t 10.0.0.9:80 -r 10.0.0.99:80 -m -w 1');
  });

  it('prints persistence, and a full mask as none', () => {
    expect(lines(virtual({ lines: 'port = 80; persistent = 300; pmask = 255.255.255.0' }))[0]).toBe(
      '-A -t 10.0.0.9:80 -s wlc -p 300 -M 255.255.255.0',
    );
    expect(lines(virtual({ lines: 'port = 80; persistent = 300; pmask = 255.255.255.255' }))[0]).toBe(
      '-A -t 10.0.0.9:80 -s wlc -p 300',
    );
  });

  describe('of two blocks that share a mark', () => {
    const glued =
      virtual({ name: 'http', lines: 'port = 80; fwmark = 7; persistent = 60' }) +
      virtual({ name: 'https', lines: 'port = 443; fwmark = 7; persistent = 60' });

    it('has one entry a server, up only if the checks of both blocks pass', () => {
      expect(lines(`network = direct\n${glued}`)).toEqual([
        '-A -f 7 -s wlc -p 60',
        '-a -f 7 -r 10.0.0.11:80 -g -w 1',
        '-a -f 7 -r 10.0.0.12:80 -g -w 1',
      ]);
      expect(lines(`network = direct\n${glued}`, ['https/s12'])).toEqual([
        '-A -f 7 -s wlc -p 60',
        '-a -f 7 -r 10.0.0.11:80 -g -w 1',
      ]);
    });

    it('leaves the port of each packet alone under NAT', () => {
      expect(lines(glued)[1]).toBe('-a -f 7 -r 10.0.0.11:0 -m -w 1');
    });
  });

  it('has nothing of inactive services and servers', () => {
    const inactive = virtual({ name: 'off' })
      .replace('active = 1', 'active = 0')
      .replace('10.0.0.9', '10.0.0.8');
    expect(lines(inactive + virtual({ servers: ['11'] }))).toHaveLength(2);
  });

  describe('with what the kernel can do beyond the original', () => {
    it('has the forwarding method of each server, and the virtual port without NAT', () => {
      const servers = ['11', '12 port = 8080\nforward = direct', '13 port = 8080\nforward = nat'];
      expect(lines(`network = tunnel\n${virtual({ servers })}`)).toEqual([
        '-A -t 10.0.0.9:80 -s wlc',
        '-a -t 10.0.0.9:80 -r 10.0.0.11:80 -i -w 1 --tun-type ipip',
        '-a -t 10.0.0.9:80 -r 10.0.0.12:80 -g -w 1',
        '-a -t 10.0.0.9:80 -r 10.0.0.13:8080 -m -w 1',
      ]);
    });

    it('forwards to the sorry server as its block says', () => {
      const block = virtual({ lines: 'port = 80; forward = direct; sorry_server = 10.0.0.99' });
      expect(lines(block, ['s11', 's12'])[1]).toBe('-a -t 10.0.0.9:80 -r 10.0.0.99:80 -g -w 1');
    });

    it('has SCTP, flags and one-packet scheduling', () => {
      expect(lines(virtual({ lines: 'protocol = sctp', servers: ['11'] }))[0]).toBe(
        '-A --sctp-service 10.0.0.9:80 -s wlc',
      );
      expect(lines(virtual({ lines: 'scheduler = sh; scheduler_flags = sh-port sh-fallback' }))[0]).toBe(
        '-A -t 10.0.0.9:80 -s sh -b sh-fallback,sh-port',
      );
      expect(lines(virtual({ lines: 'protocol = udp; expect = *; ops = 1' }))[0]).toBe(
        '-A -u 10.0.0.9:80 -s wlc -o',
      );
    });

    it('has thresholds, but none for the sorry server', () => {
      const settings = 'upper_threshold = 9; lower_threshold = 5; sorry_server = 10.0.0.99';
      const wanted = configuration(
        HEAD + virtual({ lines: settings, servers: ['11', '12 upper_threshold = 7'] }),
      );
      const limits = (verdict: 'up' | 'down') =>
        desiredTable(wanted, () => verdict).services[0]?.servers.map(({ upperThreshold, lowerThreshold }) => [
          upperThreshold,
          lowerThreshold,
        ]);
      expect(limits('up')).toEqual([
        [9, 5],
        [7, 5],
      ]);
      expect(limits('down')).toEqual([[0, 0]]);
    });
  });

  describe('of IPv6', () => {
    const six = (block: string) =>
      block.replaceAll('10.0.0.9 ', '2001:db8::9 ').replaceAll('= 10.0.0.', '= 2001:DB8:0::');

    it('has keys in brackets and a prefix length for persistence', () => {
      expect(
        lines(six(virtual({ lines: 'port = 80; persistent = 60; pmask = 64', servers: ['11'] }))),
      ).toEqual([
        '-A -t [2001:db8::9]:80 -s wlc -p 60 -M 64',
        '-a -t [2001:db8::9]:80 -r [2001:db8::11]:80 -m -w 1',
      ]);
      expect(lines(six(virtual({ lines: 'port = 80; persistent = 60; pmask = 128' })))[0]).toBe(
        '-A -t [2001:db8::9]:80 -s wlc -p 60',
      );
    });

    it('keeps the entries of a mark apart by family', () => {
      const four = virtual({ name: 'four', lines: 'fwmark = 7', servers: ['11'] });
      const text = `network = direct\n${four}${six(virtual({ name: 'six', lines: 'fwmark = 7', servers: ['11'] }))}`;
      expect(lines(text)).toEqual([
        '-A -f 7 -s wlc',
        '-a -f 7 -r 10.0.0.11:80 -g -w 1',
        '-A -f 7 -6 -s wlc',
        '-a -f 7 -6 -r [2001:db8::11]:80 -g -w 1',
      ]);
    });

    it('tunnels to a server of the other family', () => {
      const block = virtual({ servers: ['11'] }).replace('10.0.0.9 ', '2001:db8::9 ');
      expect(lines(`network = tunnel\n${block}`)[1]).toBe(
        '-a -t [2001:db8::9]:80 -r 10.0.0.11:80 -i -w 1 --tun-type ipip',
      );
    });
  });
});

describe('a service without its quorum', () => {
  const wanted = (sorry: string) => {
    const block = virtual({ lines: `port = 80; ${sorry}` });
    return desiredTable(configuration(HEAD + block), () => 'up', { lacksQuorum: () => true }).services[0]
      ?.servers;
  };

  it('gives new connections to its sorry server, and leaves the others theirs', () => {
    const servers = wanted('sorry_server = 10.0.0.99') ?? [];
    const weights = new Map(servers.map(({ address, weight }) => [address, weight]));
    expect(weights.get('10.0.0.99')).toBe(1);
    expect([...weights.values()].filter((weight) => weight > 0)).toHaveLength(1);
    expect(servers.length).toBeGreaterThan(1);
  });

  it('goes on with what it has where there is no sorry server', () => {
    expect(wanted('scheduler = rr')?.every(({ weight }) => weight > 0)).toBe(true);
  });
});
