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
});
