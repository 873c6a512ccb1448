import type { NetworkLink } from '@piranha/net';
import type { Duty } from './duties.js';
import { isInner, type MachineState, type Wanted } from './model.js';
import { ipv4Setting } from './needs.js';
import type { DefaultRoute } from './proc-routes.js';
import type { Listener } from './proc-sockets.js';

/** Stable codes of what a check may find. */
export type FindingCode =
  | 'VIP_MISSING'
  | 'VIP_DEVICE_DOWN'
  | 'VIP_SUBNET'
  | 'VIP_ON_NETWORK'
  | 'VIP_UNUSABLE'
  | 'ARP_ANSWERED'
  | 'ARP_ANNOUNCED'
  | 'TUNNEL_MISSING'
  | 'TUNNEL_DOWN'
  | 'TUNNEL_FILTER'
  | 'TUNNEL_MTU'
  | 'ROUTE_FILTER'
  | 'NAT_GATEWAY'
  | 'NOT_LISTENING';

/** Something that is wrong (`problem`), or may be. */
export interface Finding {
  readonly severity: 'problem' | 'warning';
  readonly code: FindingCode;
  readonly text: string;
  readonly evidence: string;
  readonly remedy: string;
}

/** What a check looks at. */
export interface Examined {
  readonly wanted: Wanted;
  readonly seen: MachineState;
  /** From an lvs.cf; none where VIPs were named. */
  readonly duties: readonly Duty[];
  readonly gateways: readonly string[];
  /** Best first. */
  readonly routes: readonly DefaultRoute[];
  readonly listeners: readonly Listener[];
}

export function problem(code: FindingCode, text: string, evidence: string, remedy: string): Finding {
  return { severity: 'problem', code, text, evidence, remedy };
}

export function warning(code: FindingCode, text: string, evidence: string, remedy: string): Finding {
  return { severity: 'warning', code, text, evidence, remedy };
}

const ETHERNET = 1;

/** Interfaces on which neighbours ask by ARP. A dummy has none. */
export function asksByArp({ hardwareType, kind, name }: NetworkLink): boolean {
  return hardwareType === ETHERNET && kind !== 'dummy' && !isInner(name);
}

/** A setting by which the kernel goes: the larger value of `all` and the interface; with both for a message. */
export function effectiveSetting(seen: MachineState, interfaceName: string, name: string) {
  const paths = [ipv4Setting('all', name), ipv4Setting(interfaceName, name)];
  const values = paths.map((path) => Number(seen.sysctls.get(path) ?? '0'));
  const evidence = paths.map((path, index) => `${path} = ${values[index]}`).join(', ');
  return { value: Math.max(...values), evidence };
}
