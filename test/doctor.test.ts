import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryPath } from '@piranha/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwoHosts } from './support/two-hosts.js';

const SERVER = '10.77.0.2';
const VIPS = Array.from({ length: 9 }, (_, index) => `10.77.0.${100 + index}`);

const CONFIGURATION = `primary = 10.77.0.1
backup = 10.77.0.3
backup_active = 1
service = lvs
network = direct
${VIPS.map(
  (vip, index) => `virtual web-${index} {
  active = 1
  address = ${vip} eth0:${index}
  port = 80
  server one {
    address = ${SERVER}
    active = 1
    weight = 1
  }
}`,
).join('\n')}
`;

const firewall = (ports: string): string => `table inet own {
  set open { type inet_service; flags interval; elements = { ${ports} } }
  chain input {
    type filter hook input priority 0; policy drop;
    meta l4proto { icmp, tcp } accept
    udp dport @open accept
  }
}
`;

interface Report {
  readonly findings: readonly { readonly code: string; readonly evidence: string }[];
}

let hosts: TwoHosts;
let directory: string;
let file: string;

async function examine(): Promise<Report['findings']> {
  const words = ['doctor', '--json', '--run-dir', directory, file];
  const program = hosts.spawn(hosts.near, process.execPath, binaryPath('lvsctl'), ...words);
  expect(await program.ended, program.stderr()).toBe(1);
  return (JSON.parse(program.lines().join('\n')) as Report).findings;
}

/** Flags of the TCP segments for VIPs among frames in hexadecimal digits. */
function segmentsFor(frames: readonly string[], vips: readonly string[]): readonly string[] {
  const targets = vips.map((vip) => Buffer.from(vip.split('.').map(Number)).toString('hex'));
  return frames
    .filter((frame) => frame.startsWith('0800', 24) && frame.startsWith('06', 46))
    .filter((frame) => targets.includes(frame.slice(60, 68)))
    .map((frame) => frame.slice(94, 96));
}

describe.skipIf(process.getuid?.() !== 0)('lvsctl doctor (needs root: network namespaces)', () => {
  beforeAll(() => {
    hosts = new TwoHosts();
    directory = mkdtempSync(join(tmpdir(), 'piranha-doctor-'));
    file = join(directory, 'lvs.cf');
    writeFileSync(file, CONFIGURATION);
  });
  afterAll(async () => {
    await hosts.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  it('sends a real server of many services four beginnings of connections, and resets each', async () => {
    const capture = await hosts.script(hosts.far, 'frame-capture.mjs', 'ipv4');
    await examine();
    const segments = segmentsFor(capture.lines(), VIPS);
    const count = (flags: string): number => segments.filter((one) => one === flags).length;
    expect([count('02'), count('04'), segments.length]).toEqual([4, 4, 8]);
    const probes = capture
      .lines()
      .filter((frame) => frame.startsWith('0806', 24) && frame.startsWith('0a4d00', 76));
    expect(probes.length).toBeLessThan(30);
  });

  it('asks for VIPs, and names the real server that answers for one', async () => {
    hosts.ip(hosts.far, 'address', 'add', `${VIPS[0]}/32`, 'dev', 'eth0');
    const found = await examine();
    hosts.ip(hosts.far, 'address', 'delete', `${VIPS[0]}/32`, 'dev', 'eth0');
    const evidence = `${hosts.mac(hosts.far)} on eth0 (one) says that it has ${VIPS[0]}`;
    expect(found).toContainEqual(expect.objectContaining({ code: 'DOCTOR_VIP_ANSWERED', evidence }));
  });

  it.skipIf(!hasNft())('reads the sets and ranges of nft', async () => {
    const apply = (ports: string): void => {
      const rules = `flush ruleset\n${firewall(ports)}`;
      execFileSync('ip', ['netns', 'exec', hosts.near, 'nft', '-f', '-'], { input: rules, stdio: 'pipe' });
    };
    const beats = async () => (await examine()).filter(({ code }) => code === 'DOCTOR_FIREWALL_BEATS');
    apply('22, 600-700');
    expect(await beats()).toEqual([
      expect.objectContaining({
        evidence:
          'inet own: policy of input is drop, and nothing before it accepts UDP port 539 from 10.77.0.3',
      }),
    ]);
    apply('22, 500-600');
    expect(await beats()).toEqual([]);
  });
});

/** Whether nft and its part of the kernel are here. */
function hasNft(): boolean {
  try {
    execFileSync('nft', ['list', 'ruleset'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
