import { parseIpv4, parseIpv6 } from '@piranha/common';

/** What firewall rules ask of packets, as far as it is understood. */

/** The beginning of something that the firewall is asked about. Undefined is what nobody knows. */
export interface Packet {
  readonly family: 4 | 6;
  readonly protocol: string;
  readonly sourceAddress: string | undefined;
  readonly targetAddress: string | undefined;
  readonly targetPort: number | undefined;
  /** Interface by which it comes. */
  readonly device: string | undefined;
  /** Of its connection, as the tracker calls it. */
  readonly state: string | undefined;
}

/** A range of ports, both ends included. */
export type PortRange = readonly [first: number, last: number];

/** One demand of a rule; what is not understood is `unknown`. */
export type Condition = (
  | {
      readonly kind: 'protocol' | 'source' | 'target' | 'device' | 'state';
      readonly values: readonly string[];
    }
  | { readonly kind: 'targetPort'; readonly ranges: readonly PortRange[] }
  | { readonly kind: 'unknown' }
) & { readonly isNot?: boolean };

/** Whether a rule applies. */
export type Answer = 'yes' | 'no' | 'maybe';

/** Whether a packet meets all of these. */
export function matchOf(conditions: readonly Condition[], packet: Packet): Answer {
  const answers = conditions.map((condition) => answerOf(condition, packet));
  if (answers.includes('no')) return 'no';
  return answers.includes('maybe') ? 'maybe' : 'yes';
}

function answerOf(condition: Condition, packet: Packet): Answer {
  const plain = plainAnswer(condition, packet);
  if (plain === 'maybe' || !condition.isNot) return plain;
  return plain === 'yes' ? 'no' : 'yes';
}

function plainAnswer(condition: Condition, packet: Packet): Answer {
  switch (condition.kind) {
    case 'protocol':
      return known(packet.protocol, (own) =>
        condition.values.some((value) => value === own || value === 'all'),
      );
    case 'source':
      return known(packet.sourceAddress, (own) => condition.values.some((value) => isWithin(own, value)));
    case 'target':
      return known(packet.targetAddress, (own) => condition.values.some((value) => isWithin(own, value)));
    case 'device':
      return known(packet.device, (own) => condition.values.some((value) => isDevice(own, value)));
    case 'state':
      return known(packet.state, (own) => condition.values.includes(own));
    case 'targetPort':
      return known(packet.targetPort, (own) =>
        condition.ranges.some(([first, last]) => first <= own && own <= last),
      );
    case 'unknown':
      return 'maybe';
  }
}

function known<T>(value: T | undefined, test: (value: T) => boolean): Answer {
  if (value === undefined) return 'maybe';
  return test(value) ? 'yes' : 'no';
}

/** `eth+` of iptables and `eth*` of nft stand for all that begin so. */
function isDevice(name: string, pattern: string): boolean {
  return /[+*]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

const BITS_PER_GROUP = 16;

/** An address as groups of 16 bits. */
function groupsOf(address: string): readonly number[] | undefined {
  const four = parseIpv4(address);
  return four === undefined ? parseIpv6(address) : [four >>> BITS_PER_GROUP, four & 0xffff];
}

/** Whether an address is in a network such as `10.0.0.0/8`, `10.0.0.0/255.0.0.0` or `fd00::/8`. */
function isWithin(address: string, network: string): boolean {
  const [base = '', length] = network.split('/', 2);
  const own = groupsOf(address);
  const other = groupsOf(base);
  if (own === undefined || other === undefined || own.length !== other.length) return false;
  const bits = prefixOf(length, own.length * BITS_PER_GROUP);
  return own.every((group, index) => {
    const free = BITS_PER_GROUP - Math.min(BITS_PER_GROUP, Math.max(0, bits - index * BITS_PER_GROUP));
    return group >>> free === (other[index] ?? 0) >>> free;
  });
}

function prefixOf(text: string | undefined, most: number): number {
  if (text === undefined) return most;
  if (/^\d+$/.test(text)) return Number(text);
  const mask = parseIpv4(text) ?? 0;
  return mask.toString(2).split('1').length - 1;
}

/** Ports of one word such as `80`, `500:600`, `500-600` or `:1024`; undefined for what is no number. */
export function readPorts(word: string): PortRange | undefined {
  const [, first, last] = /^(\d*)(?:[:-](\d*))?$/.exec(word) ?? [];
  if (first === undefined || word === '') return undefined;
  const isRange = /[:-]/.test(word);
  const least = first === '' ? 0 : Number(first);
  return [least, isRange ? Number(last || 0xffff) : least];
}
