import { endpointText } from '@piranha/common';

/** Model of an IPVS table: plain values, the same for every backend. Keys are strings in ipvsadm's spelling. */

export type TransportProtocol = 'tcp' | 'udp' | 'sctp';

/** How packets reach a real server: NAT (`-m`), direct routing (`-g`), tunnelling (`-i`). */
export type Forwarding = 'masquerade' | 'direct' | 'tunnel';

export type ServiceKey =
  | {
      readonly kind: 'address';
      readonly protocol: TransportProtocol;
      readonly address: string;
      readonly port: number;
    }
  | { readonly kind: 'mark'; readonly mark: number; readonly family: 4 | 6 };

export interface TableServer {
  readonly address: string;
  readonly port: number;
  readonly forwarding: Forwarding;
  readonly weight: number;
  /** Connection thresholds; 0 = none. */
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  /** Words of a tunnel that is not IP in IP, such as `--tun-type gue --tun-port 6000`: never ours. */
  readonly otherTunnel?: string;
}

/** A service without its servers: what `-A` and `-E` take. */
export interface ServiceSettings {
  readonly key: ServiceKey;
  readonly scheduler: string;
  readonly schedulerFlags: readonly string[];
  /** 0 = not persistent. */
  readonly persistentSeconds: number;
  /** Dotted mask or prefix length text; undefined = every client its own. */
  readonly persistenceMask: string | undefined;
  readonly onePacket: boolean;
  /** Words of settings that are never ours, such as `--pe sip`. */
  readonly otherWords?: string;
}

export interface TableService extends ServiceSettings {
  readonly servers: readonly TableServer[];
}

export interface Table {
  readonly services: readonly TableService[];
}

export type TableOperation =
  | { readonly type: 'addService'; readonly service: ServiceSettings }
  | { readonly type: 'editService'; readonly service: ServiceSettings }
  | { readonly type: 'deleteService'; readonly key: ServiceKey }
  | { readonly type: 'addServer'; readonly key: ServiceKey; readonly server: TableServer }
  | { readonly type: 'editServer'; readonly key: ServiceKey; readonly server: TableServer }
  | {
      readonly type: 'deleteServer';
      readonly key: ServiceKey;
      readonly address: string;
      readonly port: number;
    };

/** One on a real server of a service. */
export type ServerOperation = Extract<TableOperation, { type: 'addServer' | 'editServer' | 'deleteServer' }>;

/** One text per service, `tcp 10.0.0.9:80` or `mark 7`, for maps, logs and the owned file. */
export function serviceKeyText(key: ServiceKey): string {
  if (key.kind === 'mark') return key.family === 6 ? `mark6 ${key.mark}` : `mark ${key.mark}`;
  const address = key.address.includes(':') ? `[${key.address}]` : key.address;
  return `${key.protocol} ${address}:${key.port}`;
}

/** One text per real server within its service, `10.0.0.11:80`. */
export function serverKeyText(server: { readonly address: string; readonly port: number }): string {
  return endpointText(server);
}
