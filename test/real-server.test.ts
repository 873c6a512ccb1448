import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binaryPath } from '@piranha/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OWN, PORT, RealServerHost } from './support/real-server-host.js';
import { waitFor } from './support/wait.js';

const isRoot = process.getuid?.() === 0;
const VIP = '192.0.2.100';
const VIP6 = '2001:db8:5::100';
const VIP_OF_THE_NET = '10.77.0.100';

const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const canBeNobody =
  spawnSync(process.execPath, [binaryPath('lvs-realserver'), '--version'], { uid: 65_534, gid: 65_534 })
    .status === 0;

let server: RealServerHost;
let before: unknown;

function expectAsBefore(): void {
  expect(server.snapshot()).toEqual(before);
}

function expectWell(...words: readonly string[]) {
  const result = server.run(...words);
  expect(result, result.stdout).toMatchObject({ status: 0, stderr: '' });
  return result.lines;
}

/** An interface of the tunnel's name where the kernel cannot make the real one; enough for all but packets. */
function addTunnel(name: string): void {
  if (!server.ip('-o link').includes(`: ${name}`)) server.ip(`link add ${name} type ifb`);
}

describe.skipIf(!isRoot)('lvs-realserver (needs root for network namespaces)', () => {
  beforeEach(() => {
    server = new RealServerHost();
    before = server.snapshot();
  });

  afterEach(() => server.remove());

  describe('direct routing', () => {
    it('start makes the machine silent and gives it the VIPs, stop gives back what was there', () => {
      expect(expectWell('start', VIP, VIP6)).toEqual([
        'net/ipv4/conf/all/arp_ignore set to 1',
        'net/ipv4/conf/all/arp_announce set to 2',
        `${VIP} added to lo`,
        `${VIP6} added to lo`,
      ]);
      expect(server.ip('-4 -o address show dev lo')).toContain(`inet ${VIP}/32 scope global lo`);
      expect(server.ip('-6 -o address show dev lo')).toMatch(
        /2001:db8:5::100\/128 scope global nodad deprecated noprefixroute/,
      );
      expect(statSync(server.stateFile).mode & 0o777).toBe(0o600);
      expect(expectWell('status')[0]).toBe('started');
      expect(expectWell('check')).toEqual([`ready: ${VIP} (direct), ${VIP6} (direct)`]);
      expectWell('stop');
      expectAsBefore();
      expect(existsSync(server.stateFile)).toBe(false);
      expect(server.run('status')).toMatchObject({ status: 3, stdout: 'stopped\n' });
    });

    it('start twice and stop twice change nothing more', () => {
      expectWell('start', VIP, VIP6);
      const started = server.snapshot();
      expect(expectWell('start', VIP, VIP6)).toEqual(['nothing to change']);
      expect(server.snapshot()).toEqual(started);
      expectWell('stop');
      expect(expectWell('stop')).toEqual(['nothing to change']);
      expectAsBefore();
    });

    it('another start changes only the difference', () => {
      expectWell('start', VIP, VIP6);
      expect(expectWell('start', VIP6, VIP_OF_THE_NET)).toEqual([
        `${VIP_OF_THE_NET} added to lo`,
        `${VIP} removed from lo`,
      ]);
      expectWell('stop');
      expectAsBefore();
    });

    it('what was there before stays: addresses, settings in order, settings that were odd', () => {
      server.ip(`address add ${VIP}/24 dev lo`);
      server.sysctl('net.ipv4.conf.all.arp_announce', 2);
      server.sysctl('net.ipv4.conf.eth0.arp_ignore', 3);
      before = server.snapshot();
      const lines = expectWell('start', VIP, VIP6);
      expect(lines).toContain('net/ipv4/conf/eth0/arp_ignore set to 1');
      expect(lines).not.toContain('net/ipv4/conf/all/arp_announce set to 2');
      expect(lines).toContain(`note: ${VIP} was on lo already: it is not ours and stays after a stop`);
      expectWell('stop');
      expectAsBefore();
    });

    it('what somebody changed since is left and told', () => {
      expectWell('start', VIP);
      server.sysctl('net.ipv4.conf.all.arp_announce', 1);
      expect(server.run('status')).toMatchObject({ status: 1, stdout: expect.stringContaining('NOW 1') });
      expect(server.run('check')).toMatchObject({
        status: 1,
        stdout: expect.stringContaining('ARP_ANNOUNCED'),
      });
      expect(expectWell('stop').join()).toContain('arp_announce is 1: somebody changed it from our 2');
      server.sysctl('net.ipv4.conf.all.arp_announce', 0);
      expectAsBefore();
    });

    it('nobody hears of the VIP by ARP, and a frame of the director is answered from the VIP', async () => {
      await server.serve();
      expectWell('start', VIP_OF_THE_NET);
      expect(await server.arpAnswers(VIP_OF_THE_NET)).toEqual([]);
      server.directRouting(VIP_OF_THE_NET);
      expect((await server.connect(VIP_OF_THE_NET)).answer).toBe(`connected ${VIP_OF_THE_NET}`);
      server.askTheNetwork(VIP_OF_THE_NET);
      expect((await server.connect(VIP_OF_THE_NET)).answer).toBe('EHOSTUNREACH');
    });

    it.each([
      { started: true, asker: OWN },
      { started: false, asker: VIP_OF_THE_NET },
    ])(
      'started: $started, a question for the way to a client is asked in the name of $asker',
      async (given) => {
        await server.serve();
        if (given.started) expectWell('start', VIP_OF_THE_NET);
        else server.ip(`address add ${VIP_OF_THE_NET}/32 dev lo`);
        server.directRouting(VIP_OF_THE_NET);
        const listener = await server.listenToArp();
        server.ip('neigh flush dev eth0');
        expect((await server.connect(VIP_OF_THE_NET)).answer).toBe(`connected ${VIP_OF_THE_NET}`);
        const askers = () =>
          listener
            .lines()
            .slice(1)
            .map((line) => JSON.parse(line) as { operation: number; senderAddress: string })
            .flatMap(({ operation, senderAddress }) => (operation === 1 ? [senderAddress] : []));
        await waitFor('a question', () => askers().length > 0);
        expect([...new Set(askers())]).toEqual([given.asker]);
      },
    );

    it('without it the same address on lo is answered, and check says so', async () => {
      server.ip(`address add ${VIP_OF_THE_NET}/32 dev lo`);
      expect(await server.arpAnswers(VIP_OF_THE_NET)).toEqual([VIP_OF_THE_NET]);
      const check = server.run('check', VIP_OF_THE_NET);
      expect(check).toMatchObject({ status: 1, stdout: expect.stringContaining('ARP_ANSWERED') });
    });

    it('IPv6: a frame of the director is answered, the network hears nothing', async () => {
      await server.serve();
      expectWell('start', VIP6);
      server.directRouting(VIP6);
      expect((await server.connect(VIP6)).answer).toBe(`connected ${VIP6}`);
      server.askTheNetwork(VIP6);
      expect((await server.connect(VIP6)).answer).toBe('EHOSTUNREACH');
    });

    it('with nftables instead of arp_ignore it is the same, and other addresses are answered as before', async () => {
      await server.serve();
      server.ip('address add 10.99.0.1/32 dev lo');
      before = server.snapshot();
      expect(expectWell('start', '--arp', 'nft', VIP_OF_THE_NET).join()).not.toContain('arp_ignore');
      expect(await server.arpAnswers(VIP_OF_THE_NET, '10.99.0.1')).toEqual(['10.99.0.1']);
      server.directRouting(VIP_OF_THE_NET);
      expect((await server.connect(VIP_OF_THE_NET)).answer).toBe(`connected ${VIP_OF_THE_NET}`);
      expect(expectWell('check')).toEqual([`ready: ${VIP_OF_THE_NET} (direct)`]);
      server.near('nft', 'delete', 'table', 'arp', 'lvs_realserver');
      expect(server.run('status').status).toBe(1);
      expectWell('start', '--arp', 'nft', VIP_OF_THE_NET);
      expectWell('start', VIP_OF_THE_NET);
      expect(await server.arpAnswers(VIP_OF_THE_NET, '10.99.0.1')).toEqual([]);
      expectWell('stop');
      expectAsBefore();
    });

    it('a VIP on the network, as on the active director, is told, and never silenced by nftables', () => {
      server.ip(`address add ${VIP_OF_THE_NET}/32 dev eth0`);
      before = server.snapshot();
      const refused = server.run('start', '--arp', 'nft', VIP_OF_THE_NET);
      expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('REALSERVER_CONFLICT') });
      expectAsBefore();
      expect(expectWell('start', VIP_OF_THE_NET)[0]).toContain('note: 10.77.0.100 is on eth0 too');
      expectWell('stop');
      expectAsBefore();
    });
  });

  describe('tunnels', () => {
    it('have the VIPs, a loose filter and small segments while they are started', async () => {
      addTunnel('tunl0');
      addTunnel('ip6tnl0');
      server.sysctl('net.ipv4.conf.all.rp_filter', 1);
      before = server.snapshot();
      await server.serve();
      const lines = expectWell('start', '--method', 'tunnel', '--path-mtu', '1500', VIP, VIP6);
      expect(lines).toContain('net/ipv4/conf/tunl0/rp_filter set to 2');
      expect(lines).toContain(`${VIP} added to tunl0`);
      expect(lines).toContain(`${VIP6} added to ip6tnl0`);
      expect(expectWell('status')[0]).toBe('started');
      expect(expectWell('check')).toEqual([`ready: ${VIP} (tunnel), ${VIP6} (tunnel)`]);
      expect(expectWell('start', '--method', 'tunnel', '--path-mtu', '1500', VIP, VIP6)).toEqual([
        'nothing to change',
      ]);
      expectWell('stop');
      expectAsBefore();
    });

    it('what a client may send fits through the tunnel', async () => {
      addTunnel('tunl0');
      await server.serve();
      server.directRouting(VIP);
      const withTimestamps = (bytes: number) => bytes - 12;
      expectWell('start', '--method', 'tunnel', VIP);
      await server.connect(VIP);
      expect(server.segmentBytes(VIP)).toBe(withTimestamps(1_460));
      await server.hosts.removeProcesses();
      await server.serve();
      expectWell('start', '--method', 'tunnel', '--path-mtu', '1500', VIP);
      await server.connect(VIP);
      expect(server.segmentBytes(VIP)).toBe(withTimestamps(1_440));
    });

    it.skipIf(!existsSync('/proc/sys/net/ipv4/conf/tunl0'))(
      'packets within packets are opened and answered from the VIP (on this machine the kernel has to have ipip)',
      async () => {
        await server.serve();
        server.sysctl('net.ipv4.conf.all.rp_filter', 1);
        server.tunnelTo(VIP);
        expect((await server.connect(VIP)).answer).not.toContain('connected');
        expectWell('start', '--method', 'tunnel', VIP);
        expect((await server.connect(VIP)).answer).toBe(`connected ${VIP}`);
      },
    );

    it('an interface that was up already stays up', () => {
      addTunnel('tunl0');
      server.ip('link set tunl0 up');
      before = server.snapshot();
      expect(expectWell('start', '--method', 'tunnel', VIP)).not.toContain('tunl0 switched on');
      expectWell('stop');
      expectAsBefore();
    });
  });

  describe('a change that is cut off', () => {
    const many = (net: number) =>
      Array.from({ length: 1_000 }, (_, index) => `10.${net}.${index >> 8}.${index & 255}`);
    const held = () => server.ip('-4 -o address show dev lo').match(/ 10\.\d/g)?.length ?? 0;

    /** Kills lvs-realserver in the midst of its work; again where it was too quick for that. */
    async function killInTheMidst(mark: string, ...words: readonly string[]): Promise<void> {
      for (let attempt = 1; ; attempt += 1) {
        const running = server.spawn(...words);
        running.child.stdout?.on('data', (text: string) => {
          if (text.includes(mark)) running.child.kill('SIGKILL');
        });
        if ((await running.ended) === 'SIGKILL' && held() > 0 && held() < 1_000) return;
        if (attempt === 10) throw new Error('never caught in the midst');
        expectWell(words[0] === 'start' ? 'stop' : 'start', ...(words[0] === 'start' ? [] : many(1)));
      }
    }

    it('kill -9 in a start: seen, completed by a start, undone by a stop', async () => {
      await killInTheMidst(' added', 'start', ...many(1));
      expect(server.run('status').status).toBe(1);
      expectWell('start', ...many(1));
      expect(held()).toBe(1_000);
      expectWell('stop');
      expectAsBefore();
      await killInTheMidst(' added', 'start', ...many(1));
      expectWell('stop');
      expectAsBefore();
    });

    it('kill -9 in a stop: seen, completed by a stop', async () => {
      expectWell('start', ...many(1));
      await killInTheMidst(' removed', 'stop');
      expect(server.run('status')).toMatchObject({ status: 1, stdout: expect.stringMatching(/^incomplete/) });
      expectWell('stop');
      expectAsBefore();
    });

    it('a full disk: nothing is changed that is not recorded', () => {
      const mount = `mount -t tmpfs -o size=16k none ${server.directory}`;
      const fill = `dd if=/dev/zero of=${join(server.directory, 'fill')} 2>/dev/null; mkdir -p ${server.runDirectory}`;
      const full = server.runWith({ before: `${mount}; ${fill}` }, 'start', VIP);
      expect(full).toMatchObject({ status: 1, stderr: expect.stringContaining('[REALSERVER_RECORD]') });
      expect(full.stderr).toContain('ENOSPC');
      expectAsBefore();
    });

    it('a record that cannot be read is never guessed at', () => {
      expectWell('start', VIP);
      const good = readFileSync(server.stateFile, 'utf8');
      for (const bad of ['{', '{}', good.replace('all/arp_ignore', 'all/../../../kernel/sysrq')]) {
        writeFileSync(server.stateFile, bad);
        for (const action of ['stop', 'status']) {
          expect(server.run(action)).toMatchObject({
            status: 1,
            stderr: expect.stringContaining('[REALSERVER_RECORD]'),
          });
        }
      }
      writeFileSync(server.stateFile, good);
      expectWell('stop');
      expectAsBefore();
    });

    it('a record from before the machine was booted counts for none', () => {
      expectWell('start', VIP);
      const record = JSON.parse(readFileSync(server.stateFile, 'utf8')) as { bootId: string };
      writeFileSync(server.stateFile, JSON.stringify({ ...record, bootId: 'an older one' }));
      expect(server.run('status').status).toBe(3);
      expect(expectWell('start', VIP)[0]).toContain('was on lo already');
    });

    it('while one is at work another one changes nothing', async () => {
      const first = server.spawn('start', ...many(1));
      await new Promise((resolve) => first.child.stdout?.once('data', resolve));
      first.child.kill('SIGSTOP');
      const second = server.run('stop');
      first.child.kill('SIGCONT');
      expect(await first.ended).toBe(0);
      expect(second).toMatchObject({ status: 1, stderr: expect.stringContaining('[REALSERVER_BUSY]') });
      expect(held()).toBe(1_000);
      expectWell('stop');
      expectAsBefore();
    });
  });

  describe('surroundings that are not as usual', () => {
    it('no ip, nft and modprobe: start and stop need none of them', () => {
      const hidden = { before: 'mount -t tmpfs none /usr/sbin' };
      expect(server.runWith(hidden, 'start', VIP)).toMatchObject({ status: 0, stderr: '' });
      const check = server.runWith(hidden, 'check');
      expect(check).toMatchObject({ status: 0, stdout: `ready: ${VIP} (direct)\n` });
      expect(server.runWith(hidden, 'stop')).toMatchObject({ status: 0, stderr: '' });
      expectAsBefore();
    });

    it('no nft where it is asked for, and no tunnel in the kernel: told before anything is changed', () => {
      const hidden = { before: 'mount -t tmpfs none /usr/sbin' };
      const silent = server.runWith(hidden, 'start', '--arp', 'nft', VIP);
      expect(silent).toMatchObject({ status: 1, stderr: expect.stringContaining('[REALSERVER_NFT]') });
      const tunnel = server.runWith(hidden, 'start', '--method', 'tunnel', VIP6);
      if (!server.ip('-o link').includes(': ip6tnl0')) {
        expect(tunnel).toMatchObject({
          status: 1,
          stderr: expect.stringContaining('[REALSERVER_NO_TUNNEL]'),
        });
        expect(tunnel.stderr).toContain('ip6_tunnel');
      }
      expect(server.run('stop').status).toBe(0);
      expectAsBefore();
    });

    it('settings that cannot be written: the VIP is not added', () => {
      const readOnly = { before: 'mount --bind /proc/sys /proc/sys; mount -o remount,ro,bind /proc/sys' };
      const refused = server.runWith(readOnly, 'start', VIP);
      expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('[REALSERVER_FAILED]') });
      expect(refused.stderr).toMatch(/EROFS|EACCES/);
      expect(refused.stderr).toContain('hint: in a container');
      expect(server.run('status').stdout).toContain(`${VIP} (direct) MISSING on lo`);
      expectWell('stop');
      expectAsBefore();
    });

    it('a reader that goes away does not stop what was begun', () => {
      const gone = server.runWith({ starter: ['sh', '-c', '"$@" | true', 'sh'] }, 'start', VIP, VIP6);
      expect(gone).toMatchObject({ status: 0, stderr: '' });
      expect(expectWell('start', VIP, VIP6)).toEqual(['nothing to change']);
    });

    it.skipIf(!canBeNobody)('not root (nobody has to be able to read the checkout on this machine)', () => {
      expectWell('start', VIP);
      for (const words of [['start', VIP], ['stop'], ['status']]) {
        const refused = server.runWith({ starter: AS_NOBODY }, ...words);
        expect(refused).toMatchObject({
          status: 4,
          stderr: expect.stringContaining('[REALSERVER_NOT_PERMITTED]'),
        });
        expect(refused.stderr).toContain('hint: run it as root');
      }
      const check = server.runWith({ starter: AS_NOBODY }, 'check', VIP);
      expect(check).toMatchObject({ status: 4 });
      expectWell('stop');
      expectAsBefore();
    });

    it('a run directory that cannot be made', () => {
      const file = join(server.directory, 'run');
      writeFileSync(file, '');
      const refused = server.run('start', VIP);
      expect(refused).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('[REALSERVER_RUN_DIRECTORY]'),
      });
      expectAsBefore();
    });

    it('a wrong command line', () => {
      expect(server.run('start')).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('[REALSERVER_USAGE]'),
      });
      expect(server.run('start', 'www.example')).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('[REALSERVER_ADDRESS]'),
      });
      expect(server.run('check')).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('[REALSERVER_USAGE]'),
      });
    });
  });

  describe('the page about real servers', () => {
    const page = readFileSync('docs/real-servers.md', 'utf8');
    const blocks = [...page.matchAll(/^```sh\n((?:.|\n)*?)^```$/gm)].map(([, text = '']) => text);
    const shell = (text: string) => server.near('sh', '-ec', text);

    it('has three ways by hand', () => {
      expect(blocks).toHaveLength(3);
    });

    it('by settings: a check finds nothing', () => {
      shell(blocks[0] ?? '');
      const ready = `ready: ${VIP} (direct), 2001:db8::100 (direct)`;
      expect(expectWell('check', VIP, '2001:db8::100')).toEqual([ready]);
    });

    it('through a tunnel: a check finds nothing (the module is stood in for on a machine without it)', () => {
      addTunnel('tunl0');
      const [arp = ''] = (blocks[0] ?? '').split('ip address');
      shell(arp + (blocks[1] ?? '').replace('modprobe ipip', ''));
      expect(expectWell('check', '--method', 'tunnel', VIP)).toEqual([`ready: ${VIP} (tunnel)`]);
    });

    it('by nftables: the VIP is silent', async () => {
      shell((blocks[2] ?? '').replaceAll(VIP, VIP_OF_THE_NET));
      server.ip('address add 10.99.0.1/32 dev lo');
      expect(await server.arpAnswers(VIP_OF_THE_NET, '10.99.0.1')).toEqual(['10.99.0.1']);
    });
  });

  describe('VIPs from an lvs.cf', () => {
    const configuration = (address: string) => `primary = 10.77.0.2
network = direct
virtual web {
     active = 1
     address = ${VIP_OF_THE_NET} eth0:1
     port = ${PORT}
     server near {
         address = ${address}
         active = 1
     }
}
`;
    const write = (name: string, text: string): string => {
      const file = join(server.directory, name);
      writeFileSync(file, text, { mode: 0o755 });
      return file;
    };

    it('as a file, and on standard input; check knows the port', async () => {
      const file = write('lvs.cf', configuration(OWN));
      expect(expectWell('start', '--lvs-cf', file, VIP6)).toContain(`${VIP_OF_THE_NET} added to lo`);
      expect(server.run('check', '--lvs-cf', file)).toMatchObject({
        status: 1,
        stdout: expect.stringContaining('NOT_LISTENING'),
      });
      await server.serve();
      expect(expectWell('check', '--lvs-cf', file)).toEqual([`ready: ${VIP_OF_THE_NET} (direct)`]);
      const piped = server.runWith({ input: configuration(OWN) }, 'start', '--lvs-cf', '-', VIP6);
      expect(piped).toMatchObject({ status: 0, stdout: 'nothing to change\n' });
      expectWell('stop');
      expectAsBefore();
    });

    it('from a director by ssh, from the next one where the first does not answer', () => {
      const file = write('lvs.cf', configuration(OWN));
      write(
        'ssh',
        `#!/bin/sh
echo "$*" >>"${server.directory}/asked"
case "$*" in *" lb1 "*) echo 'connect to host lb1: refused' >&2; exit 255;; esac
while [ "$1" != cat ]; do shift; done
exec cat "${file}"
`,
      );
      const path = `${server.directory}:${process.env.PATH}`;
      const words = ['start', '--director', 'lb1', '--director', 'root@lb2'];
      const started = server.runWith({ path }, ...words);
      expect(started).toMatchObject({
        status: 0,
        stdout: expect.stringContaining(`${VIP_OF_THE_NET} added`),
      });
      const options = '-o BatchMode=yes -o ConnectTimeout=10 --';
      expect(readFileSync(join(server.directory, 'asked'), 'utf8').trim().split('\n')).toEqual([
        `${options} lb1 cat /etc/sysconfig/ha/lvs.cf`,
        `${options} root@lb2 cat /etc/sysconfig/ha/lvs.cf`,
      ]);
      const alone = server.runWith({ path }, 'start', '--director', 'lb1');
      expect(alone).toMatchObject({ status: 1, stderr: expect.stringContaining('[REALSERVER_DIRECTOR]') });
      expect(alone.stderr).toContain('lb1: connect to host lb1: refused');
      // What was started stays when no director answers.
      expect(expectWell('status')[0]).toBe('started');
    });

    it('a broken file, and one without this machine, change nothing', () => {
      const broken = write('broken.cf', 'virtual web {\n');
      expect(server.run('start', '--lvs-cf', broken)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('[REALSERVER_CONFIG]'),
      });
      const other = write('other.cf', configuration('10.77.0.77'));
      const refused = server.run('start', '--lvs-cf', other);
      expect(refused).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('[REALSERVER_NO_SERVICE]'),
      });
      expect(refused.stderr).toContain(OWN);
      expect(expectWell('start', '--lvs-cf', other, '--address', '10.77.0.77')).toContain(
        `${VIP_OF_THE_NET} added to lo`,
      );
      expectWell('stop');
      expectAsBefore();
    });
  });
});
