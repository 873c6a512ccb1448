import type { InterfaceAddress, NetworkLink } from '@piranha/net';
import type { MachineState, Step } from '../../src/core/model.js';
import { prefixLengthOf } from '../../src/core/model.js';
import { ipv4Setting, WATCHED_SETTINGS } from '../../src/core/needs.js';

const ETHERNET = 1;
const LOOPBACK = 772;
const TUNNEL = 768;
const TUNNEL6 = 769;

export function link(index: number, name: string, isUp = true): NetworkLink {
  return {
    index,
    name,
    isUp,
    hasCarrier: isUp,
    operationalState: 'unknown',
    kind: undefined,
    master: undefined,
    mac: undefined,
    hardwareType:
      name === 'lo' ? LOOPBACK : name === 'tunl0' ? TUNNEL : name === 'ip6tnl0' ? TUNNEL6 : ETHERNET,
    mtuBytes: 1_500,
  };
}

export function address(index: number, text: string, prefixLength: number = prefixLengthOf(text)) {
  const isIpv6 = text.includes(':');
  return {
    index,
    family: isIpv6 ? 6 : 4,
    address: text,
    prefixLength,
    peer: undefined,
    broadcast: undefined,
    label: undefined,
    scope: 0,
    isSecondary: false,
    isPermanent: true,
    isTentative: false,
    isDeprecated: isIpv6,
    isNodad: isIpv6,
    hasFailedDad: false,
    preferredSeconds: isIpv6 ? 0 : Infinity,
    validSeconds: Infinity,
  } satisfies InterfaceAddress;
}

const LINKS = [link(1, 'lo'), link(2, 'eth0'), link(3, 'tunl0', false), link(4, 'ip6tnl0', false)];

/** A machine with lo, eth0 (10.0.0.11) and tunnels that are off; all settings 0 unless told. */
export function machine(
  changes: Partial<MachineState> = {},
  settings: Record<string, string> = {},
): MachineState {
  const links = changes.links ?? LINKS;
  const sysctls = new Map<string, string>();
  for (const name of ['all', ...links.map((entry) => entry.name)]) {
    for (const setting of WATCHED_SETTINGS) {
      const path = ipv4Setting(name, setting);
      sysctls.set(path, settings[`${name}/${setting}`] ?? '0');
    }
  }
  const addresses = [address(1, '127.0.0.1', 8), address(2, '10.0.0.11', 24)];
  return { links, addresses, sysctls, arpTable: undefined, segmentTable: undefined, ...changes };
}

/** The machine after steps, as the kernel would have it. */
export function after(seen: MachineState, steps: readonly Step[]): MachineState {
  return steps.reduce(afterStep, seen);
}

function afterStep(seen: MachineState, step: Step): MachineState {
  switch (step.type) {
    case 'set-sysctl':
    case 'restore-sysctl':
      return { ...seen, sysctls: new Map([...seen.sysctls, [step.path, step.value]]) };
    case 'set-arp-table':
      return { ...seen, arpTable: step.vips };
    case 'remove-arp-table':
      return { ...seen, arpTable: undefined };
    case 'set-segment-table':
      return { ...seen, segmentTable: step.limit };
    case 'remove-segment-table':
      return { ...seen, segmentTable: undefined };
    case 'link-up':
    case 'link-down': {
      const isUp = step.type === 'link-up';
      const links = seen.links.map((entry) =>
        entry.name === step.name ? { ...entry, isUp, hasCarrier: isUp } : entry,
      );
      return { ...seen, links };
    }
    case 'add-address':
    case 'remove-address': {
      const { interface: name, address: text } = step.address;
      const index = seen.links.find((entry) => entry.name === name)?.index ?? 0;
      const others = seen.addresses.filter(
        (entry) =>
          entry.index !== index || entry.address !== text || entry.prefixLength !== prefixLengthOf(text),
      );
      const addresses = step.type === 'add-address' ? [...others, address(index, text)] : others;
      return { ...seen, addresses };
    }
  }
}

/** A machine's state as a value to compare: the order of lists does not matter. */
export function comparable({ links, addresses, sysctls, arpTable, segmentTable }: MachineState) {
  return {
    links,
    addresses: addresses.map((entry) => JSON.stringify(entry)).sort(),
    sysctls: Object.fromEntries(sysctls),
    arpTable,
    segmentTable,
  };
}
