import { once } from 'node:events';
import { binaryPath } from '@piranha/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HostProcess, TwoHosts } from './support/two-hosts.js';

const WAIT = { timeout: 20_000, interval: 10 };
const VIP = '10.77.0.100';
const VIP_HEX = '0a4d0064';
const OTHER_MAC = '02:00:5e:10:00:01';
const OTHER_HEX = '02005e100001';
const PADDING = '00'.repeat(18);

let hosts: TwoHosts;
let capture: HostProcess;
let markers = 0;

function hexOf(mac: string): string {
  return mac.replaceAll(':', '');
}

function sendArp(...args: readonly string[]): HostProcess {
  return hosts.spawn(hosts.near, process.execPath, binaryPath('send_arp'), ...args);
}

/** Runs send_arp and gives the frames that the neighbour saw meanwhile, in order. */
async function framesOf(...args: readonly string[]): Promise<readonly string[]> {
  const before = capture.lines().length;
  const program = sendArp(...args);
  expect(await program.ended, program.stderr()).toBe(0);
  return await framesSince(before);
}

/** Everything captured since; a marker frame behind it shows that nothing is still on its way. */
async function framesSince(before: number): Promise<readonly string[]> {
  markers += 1;
  const marker = `0300000000${markers.toString(16).padStart(2, '0')}`;
  expect(await sendArp('10.99.99.99', marker, '0', 'ffffffffffff').ended).toBe(0);
  const end = await vi.waitFor(() => {
    const found = capture.lines().findIndex((line) => line.startsWith(`ffffffffffff${marker}`));
    expect(found).toBeGreaterThan(0);
    return found;
  }, WAIT);
  return capture.lines().slice(before, end).filter(isOfTest);
}

/** The kernels speak of the hosts' other addresses now and then; only the announced ones count. */
function isOfTest(frame: string): boolean {
  const packet = frame.slice(28);
  if (frame.startsWith('0806', 24)) return /^.{28}(?:0a4d0064|0a64)/.test(packet);
  return /^.{96}fd000077(?:0{22})6[45]/.test(packet);
}

function requestOf(mac: string, address = VIP_HEX): string {
  const own = hexOf(mac);
  return `ffffffffffff${own}08060001080006040001${own}${address}${'0'.repeat(12)}${address}${PADDING}`;
}

function replyOf(mac: string, address = VIP_HEX): string {
  const own = hexOf(mac);
  return `ffffffffffff${own}08060001080006040002${own}${address}${own}${address}${PADDING}`;
}

/** Sum of an ICMPv6 message with its pseudo header; 0xffff when the checksum within is right. */
function checksum(packet: Buffer): number {
  const words = [packet.subarray(8, 40), packet.subarray(40)].flatMap((part) =>
    Array.from({ length: part.length / 2 }, (_, index) => part.readUInt16BE(index * 2)),
  );
  const sum = words.reduce((total, word) => total + word, packet.readUInt16BE(4) + 58);
  return (sum % 0x10000) + Math.floor(sum / 0x10000);
}

describe.skipIf(process.getuid?.() !== 0)('send_arp (needs root: network namespaces)', () => {
  beforeAll(async () => {
    hosts = new TwoHosts();
    capture = await hosts.script(hosts.far, 'frame-capture.mjs');
  });

  afterAll(() => hosts.remove());

  describe("the original's form", () => {
    it('sends exactly one frame of 60 bytes', async () => {
      const frames = await framesOf('-i', 'eth0', VIP, OTHER_HEX, '10.77.0.255', 'ffffffffffff');
      expect(frames).toEqual([replyOf(OTHER_MAC)]);
      expect(frames[0]).toHaveLength(120);
    });

    it('goes to the named station, with eth0 unless told, and -v tells', async () => {
      const before = capture.lines().length;
      const program = sendArp('-v', VIP, OTHER_MAC, 'anything', hosts.mac(hosts.far));
      expect(await program.ended).toBe(0);
      expect(program.lines()).toEqual([`eth0: reply ${VIP} at ${OTHER_MAC} to ${hosts.mac(hosts.far)}`]);
      const expected = replyOf(OTHER_MAC).replace('f'.repeat(12), hexOf(hosts.mac(hosts.far)));
      expect(await framesSince(before)).toEqual([expected]);
    });

    it("changes the neighbour's cache", async () => {
      hosts.ip(
        hosts.far,
        'neigh',
        'replace',
        VIP,
        'lladdr',
        '02:00:00:00:00:99',
        'dev',
        'eth0',
        'nud',
        'stale',
      );
      await framesOf('-i', 'eth0', VIP, OTHER_HEX, '10.77.0.255', 'ffffffffffff');
      await vi.waitFor(() => expect(hosts.neighbour(hosts.far, VIP)).toBe(OTHER_MAC), WAIT);
    });
  });

  describe('--announce', () => {
    it('sends both forms for an alias of the device', async () => {
      const mac = hosts.mac(hosts.near);
      const frames = await framesOf('--announce', '--schedule', '0', `eth0:1=${VIP}`);
      expect(frames).toEqual([requestOf(mac), replyOf(mac)]);
    });

    it('sends the one form that is asked for, as often as the schedule has times', async () => {
      const mac = hosts.mac(hosts.near);
      const request = await framesOf(
        '--announce',
        '--schedule',
        '0,0.2,0.3',
        '--form',
        'request',
        `eth0=${VIP}`,
      );
      expect(request).toEqual([requestOf(mac), requestOf(mac), requestOf(mac)]);
      const reply = await framesOf('--announce', '--schedule', '0.1', '--form', 'reply', `eth0=${VIP}`);
      expect(reply).toEqual([replyOf(mac)]);
    });

    it('sends a neighbour advertisement for IPv6, from the address where it is there', async () => {
      hosts.ip(hosts.near, 'address', 'add', 'fd00:77::64/128', 'dev', 'eth0', 'nodad');
      const args = ['--announce', '--schedule', '0', 'eth0=fd00:77::64', 'eth0=fd00:77::65'];
      const packets = (await framesOf(...args)).map((frame) => Buffer.from(frame, 'hex').subarray(14));
      expect(packets).toHaveLength(2);
      for (const [index, packet] of packets.entries()) {
        expect(packet[7]).toBe(255);
        expect(checksum(packet)).toBe(0xffff);
        expect(packet.toString('hex', 24, 42)).toBe('ff0200000000000000000000000000018800');
        expect(packet.toString('hex', 44)).toBe(
          `20000000fd00007700000000000000000000006${index + 4}0201${hexOf(hosts.mac(hosts.near))}`,
        );
      }
      expect(packets[0]?.toString('hex', 8, 24)).toBe('fd000077000000000000000000000064');
      expect(packets[1]?.toString('hex', 8, 24)).not.toBe('fd000077000000000000000000000065');
    });

    it('moves addresses to a new station in the cache of a neighbour that had talked to the old one', async () => {
      const moved = ['10.77.0.101', 'fd00:77::66'] as const;
      for (const address of moved) {
        const prefix = address.includes(':') ? '/128' : '/32';
        hosts.ip(hosts.near, 'address', 'add', `${address}${prefix}`, 'dev', 'eth0');
      }
      const old = hosts.mac(hosts.near);
      for (const address of moved) {
        const talk = `require('dgram').createSocket('udp${address.includes(':') ? 6 : 4}')
          .send('x', 9, '${address}', function () { this.close() })`;
        await vi.waitFor(async () => {
          await hosts.spawn(hosts.far, process.execPath, '-e', talk).ended;
          expect(hosts.neighbour(hosts.far, address)).toBe(old);
        }, WAIT);
      }
      const taker = '02:00:5e:10:00:77';
      hosts.ip(hosts.near, 'link', 'set', 'eth0', 'address', taker);
      expect(moved.map((address) => hosts.neighbour(hosts.far, address))).toEqual([old, old]);
      await framesOf('--announce', '--schedule', '0', ...moved.map((address) => `eth0=${address}`));
      await vi.waitFor(() => {
        expect(moved.map((address) => hosts.neighbour(hosts.far, address))).toEqual([taker, taker]);
      }, WAIT);
    });

    it('announces 1,000 addresses of standard input', async () => {
      const before = capture.lines().length;
      const numbers = Array.from({ length: 1_000 }, (_, index) => index + 0x0a640000);
      const hexadecimal = numbers.map((number) => number.toString(16).padStart(8, '0'));
      const program = sendArp('--announce', '--schedule', '0', '-');
      program.child.stdin?.end(`# VIPs\n${hexadecimal.map((digits) => `eth0=0x${digits}\n`).join('')}`);
      expect(await program.ended, program.stderr()).toBe(0);
      const mac = hosts.mac(hosts.near);
      const expected = hexadecimal.flatMap((digits) => [requestOf(mac, digits), replyOf(mac, digits)]);
      expect(await framesSince(before)).toEqual(expected);
    });

    it('ends at once at SIGTERM, with success', async () => {
      const program = sendArp('--announce', '-v', '--schedule', '0,3600', `eth0=${VIP}`);
      await vi.waitFor(() => expect(program.lines()).toHaveLength(2), WAIT);
      program.child.kill('SIGTERM');
      expect(await program.ended).toBe(0);
      expect(program.stderr()).toBe('');
    });

    it('skips lo, tells of an unknown device once, and announces the rest each time', async () => {
      const before = capture.lines().length;
      const targets = ['lo=10.0.0.1', 'nix=10.0.0.2', `eth0=${VIP}`];
      const program = sendArp('--announce', '-v', '--schedule', '0,0.1', '--form', 'reply', ...targets);
      expect(await program.ended).toBe(1);
      const reply = `eth0: reply ${VIP} at ${hosts.mac(hosts.near)}`;
      const skipped = 'lo: no ARP here, 10.0.0.1 skipped';
      expect(program.lines()).toEqual([skipped, reply, skipped, reply]);
      expect(program.stderr()).toMatch(
        /^send_arp: 10.0.0.2 on nix: no such device\n.*\[SEND_ARP_INCOMPLETE\]\n/,
      );
      expect(await framesSince(before)).toHaveLength(2);
    });
  });

  describe('errors', () => {
    it.each([
      ['SEND_ARP_USAGE', [VIP, OTHER_HEX, 'ffffffffffff']],
      ['SEND_ARP_MAC', [VIP, '02005e1000', '0', 'ffffffffffff']],
      ['SEND_ARP_DEVICE', ['-i', 'nix', VIP, OTHER_HEX, '0', 'ffffffffffff']],
      ['SEND_ARP_DEVICE', ['-i', 'lo', VIP, OTHER_HEX, '0', 'ffffffffffff']],
      ['SEND_ARP_TARGET', ['--announce', VIP]],
    ])('%s for %j, without a frame', async (code, args) => {
      const before = capture.lines().length;
      const program = sendArp(...args);
      expect(await program.ended).toBe(1);
      expect(program.stderr()).toContain(`[${code}]`);
      expect(await framesSince(before)).toEqual([]);
    });

    it.each([[[VIP, OTHER_HEX, '0', 'ffffffffffff']], [['--announce', `eth0=${VIP}`]]])(
      'says what is missing without root: %j',
      async (args) => {
        const user = ['--reuid=65534', '--clear-groups', process.execPath, binaryPath('send_arp')];
        const program = hosts.spawn(hosts.near, 'setpriv', ...user, ...args);
        expect(await program.ended).toBe(1);
        expect(program.stderr()).toMatch(/EPERM \[SEND_ARP_NOT_PERMITTED\]\n.*CAP_NET_RAW/);
      },
    );
  });

  describe('the parts that pulse uses', () => {
    async function ask(announcer: HostProcess, line: string): Promise<unknown> {
      const before = announcer.lines().length;
      announcer.child.stdin?.write(`${line}\n`);
      await vi.waitFor(() => expect(announcer.lines()).toHaveLength(before + 1), WAIT);
      return JSON.parse(announcer.lines()[before] ?? '');
    }

    it('watchArp hears the neighbour and not itself, and goes on after the device was down', async () => {
      const near = await hosts.script(hosts.near, 'arp-listener.mjs', 'eth0:1');
      const far = await hosts.script(hosts.far, 'arp-listener.mjs', 'eth0');
      const announcer = await hosts.script(hosts.near, 'announcer.mjs');
      const heard = () => far.lines().filter((line) => line.includes('10.77.0.222'));
      const packet = (operation: number, senderAddress: string, targetMac: string) =>
        JSON.stringify({
          operation,
          senderMac: hosts.mac(hosts.near),
          senderAddress,
          targetMac,
          targetAddress: '10.77.0.222',
        });
      expect(await ask(announcer, 'eth0=10.77.0.222')).toEqual([]);
      expect(await ask(announcer, '?eth0=10.77.0.222')).toEqual([]);
      await vi.waitFor(() => expect(heard()).toHaveLength(3), WAIT);
      expect(heard()).toEqual([
        packet(1, '10.77.0.222', '00:00:00:00:00:00'),
        packet(2, '10.77.0.222', hosts.mac(hosts.near)),
        packet(1, '0.0.0.0', '00:00:00:00:00:00'),
      ]);
      hosts.ip(hosts.far, 'link', 'set', 'eth0', 'down');
      await vi.waitFor(() => expect(far.lines().join('\n')).toContain('error '), WAIT);
      hosts.ip(hosts.far, 'link', 'set', 'eth0', 'up');
      await vi.waitFor(async () => {
        await ask(announcer, '?eth0=10.77.0.222');
        expect(heard().length).toBeGreaterThan(3);
      }, WAIT);
      expect(near.lines().filter((line) => line.includes('10.77.0.222'))).toEqual([]);
      for (const listener of [near, far]) {
        listener.child.stdin?.end();
        expect(await listener.ended).toBe(0);
      }
    });

    it('an announcer outlives its device and finds the next one of that name', async () => {
      const announcer = await hosts.script(hosts.near, 'announcer.mjs');
      for (const address of [VIP, 'fd00:77::1']) expect(await ask(announcer, `eth0=${address}`)).toEqual([]);
      hosts.unplug();
      for (const address of [VIP, 'fd00:77::1']) {
        expect(await ask(announcer, `eth0=${address}`)).toEqual([`${address} on eth0: no such device`]);
      }
      hosts.plug();
      const before = capture.lines().length;
      for (const address of [VIP, 'fd00:77::64']) expect(await ask(announcer, `eth0=${address}`)).toEqual([]);
      const mac = hosts.mac(hosts.near);
      const frames = await framesSince(before);
      expect(frames.slice(0, 2)).toEqual([requestOf(mac), replyOf(mac)]);
      expect(frames[2]).toMatch(new RegExp(`^333300000001${hexOf(mac)}86dd.*${hexOf(mac)}$`));
      announcer.child.stdin?.end();
      await once(announcer.child, 'close');
    });
  });
});
