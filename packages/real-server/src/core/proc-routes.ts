import { formatIpv4, formatIpv6 } from '@piranha/common';

/** A way to everywhere. */
export interface DefaultRoute {
  readonly family: 4 | 6;
  readonly device: string;
  /** Undefined for a route without a gateway. */
  readonly gateway: string | undefined;
  readonly metric: number;
  /** Segment size that is offered to the far end; undefined = by the device's MTU, or not known (IPv6). */
  readonly segmentBytes: number | undefined;
}

const FLAG_UP = 0x1;
const FLAG_GATEWAY = 0x2;
const FLAG_REJECT = 0x200;
const HEADERS_BYTES = 40;

/** The default routes in the text of `/proc/net/route`, best first. */
export function readIpv4Defaults(text: string): readonly DefaultRoute[] {
  const routes = text.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const [device = '', destination, gateway = '', flagText = ''] = words;
    const [, , , , , , metric, mask, mtu] = words;
    const flags = Number.parseInt(flagText, 16);
    if (destination !== '00000000' || mask !== '00000000' || !isUsable(flags)) return [];
    const bytes = (gateway.match(/../g) ?? []).reverse().join('');
    return [
      {
        family: 4 as const,
        device,
        gateway: flags & FLAG_GATEWAY ? formatIpv4(Number.parseInt(bytes, 16)) : undefined,
        metric: Number(metric),
        // The column named MTU shows the offered segment size and 40.
        segmentBytes: Number(mtu) > HEADERS_BYTES ? Number(mtu) - HEADERS_BYTES : undefined,
      },
    ];
  });
  return byMetric(routes);
}

/** The default routes in the text of `/proc/net/ipv6_route`, best first. */
export function readIpv6Defaults(text: string): readonly DefaultRoute[] {
  const routes = text.split('\n').flatMap((line) => {
    const [destination = '', length, , , nextHop = '', metric = '', , , flagText = '', device = ''] = line
      .trim()
      .split(/\s+/);
    const flags = Number.parseInt(flagText, 16);
    if (!/^0{32}$/.test(destination) || length !== '00' || !isUsable(flags)) return [];
    const groups = (nextHop.match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16));
    return [
      {
        family: 6 as const,
        device,
        gateway: flags & FLAG_GATEWAY ? formatIpv6(groups) : undefined,
        metric: Number.parseInt(metric, 16),
        segmentBytes: undefined,
      },
    ];
  });
  return byMetric(routes);
}

function isUsable(flags: number): boolean {
  return (flags & FLAG_UP) !== 0 && (flags & FLAG_REJECT) === 0;
}

function byMetric(routes: readonly DefaultRoute[]): readonly DefaultRoute[] {
  return [...routes].sort((one, other) => one.metric - other.metric);
}
