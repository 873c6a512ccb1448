import type { ServiceKey, ServiceSettings, TableServer } from '@piranha/ipvs';

export function tcpKey(port = 80, address = '127.0.0.100'): Extract<ServiceKey, { kind: 'address' }> {
  return { kind: 'address', protocol: 'tcp', address, port };
}

export function settings(key: ServiceKey, changes: Partial<ServiceSettings> = {}): ServiceSettings {
  return {
    key,
    scheduler: 'rr',
    schedulerFlags: [],
    persistentSeconds: 0,
    persistenceMask: undefined,
    onePacket: false,
    ...changes,
  };
}

export function realServer(port: number, changes: Partial<TableServer> = {}): TableServer {
  return {
    address: '127.0.0.1',
    port,
    forwarding: 'masquerade',
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    ...changes,
  };
}
