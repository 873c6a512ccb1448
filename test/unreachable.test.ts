import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { binaryPath } from '@piranha/common';
import { describe, expect, it } from 'vitest';

/** Longer than the network takes to say that a host is not to be reached, seconds. */
const LIMIT_SECONDS = 20;

/**
 * A network with a router, which says of every host of one network behind it that it is not to be reached, and of those
 * of another nothing. The probes run side by side: five of the first over IPv4, for a router sends one host no more such
 * messages at a time.
 */
const SCRIPT = `
  ip link set lo up
  unshare --net sleep 600 & router=$!
  trap 'kill $router' EXIT
  until [ "$(readlink /proc/$router/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
  ip link add near type veth peer name far netns $router
  ip address add 198.18.0.1/24 dev near
  ip address add fd99::1/64 dev near nodad
  ip link set near up
  nsenter --target $router --net sh -c '
    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
    ip address add 198.18.0.2/24 dev far
    ip address add fd99::2/64 dev far nodad
    ip link set far up
    ip route add unreachable 198.19.0.0/16
    ip route add blackhole 198.20.0.0/16
    ip -6 route add unreachable fd98::/64'
  ip route add default via 198.18.0.2
  ip -6 route add default via fd99::2
  for words in "$@"; do (echo "$words: $(LVSCTL probe --timeout ${LIMIT_SECONDS} $words | tail -n 1)") & done
  wait $(jobs -p | grep -v "^$router$")
`;

/** What the zoo's page says of a kind at such a server. */
function expected(kind: string, server: string): string {
  const file = new URL(`../packages/nanny/test/support/zoo/expected/${kind}.json`, import.meta.url);
  return (JSON.parse(readFileSync(fileURLToPath(file), 'utf8')) as Record<string, string>)[server] ?? '';
}

const HOST = '198.19.0.1';
const UNREACHED = 'is not to be reached';
/** What each kind of check is asked, and what it says. */
const KINDS: Readonly<Record<string, string>> = {
  [`tcp ${HOST}:80`]: 'connect failed: EHOSTUNREACH',
  [`dns ${HOST}:53 name=a.example`]: expected('dns-udp', UNREACHED),
  [`udp ${HOST}:9 payload=x reply=y`]: expected('udp', UNREACHED),
  [`udp ${HOST}:9 payload=x silence=up`]: expected('udp-silence', UNREACHED),
  [`ping ${HOST}`]: expected('ping', UNREACHED),
  'ping fd98::1': 'echo did not arrive: ENETUNREACH',
  'ping 198.20.0.1 --timeout 1': expected('ping', 'does not answer'),
};

describe.skipIf(process.getuid?.() !== 0)('a host that a router cannot reach (needs root)', () => {
  it('is down with the reason, long before the limit of time', () => {
    const script = SCRIPT.replace('LVSCTL', `${process.execPath} ${binaryPath('lvsctl')}`);
    const words = ['--net', 'bash', '-c', script, 'bash', ...Object.keys(KINDS)];
    const { stdout, stderr } = spawnSync('unshare', words, { encoding: 'utf8', timeout: 80_000 });
    expect(stderr).toBe('');
    for (const [asked, found] of Object.entries(KINDS)) {
      const line = stdout.split('\n').find((text) => text.startsWith(`${asked}: `)) ?? '';
      expect(line).toContain(`failed: ${found} (`);
      expect(found).not.toBe('');
    }
  });
});
