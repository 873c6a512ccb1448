import { type EventFields, type EventId, eventRecord, oneLine } from '@piranha/events/catalogue';

/** What programs and people are told of. */
export interface Notice {
  /** Stable id, as in the log. */
  readonly id: EventId;
  /** What its log line is filled with. */
  readonly fields: EventFields;
  /** One line for people. */
  readonly text: string;
  /** Which program is told. */
  readonly audience: 'role' | 'server';
  /** Arguments behind those of the program, in keepalived's order. */
  readonly words: readonly string[];
  /** Variables of the program beside the common ones. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What can happen to this node's role. */
export type RoleChange =
  | 'active'
  | 'standby'
  | 'fault'
  | 'recovered'
  | 'stopped'
  | 'partner-lost'
  | 'partner-back';

export interface RoleFacts {
  readonly node: 'primary' | 'backup';
  /** The node holds the addresses. */
  readonly holding: boolean;
  readonly reason: string;
  readonly vips: readonly string[];
  /** The group of addresses that this is about; undefined where all move together. */
  readonly group?: string | undefined;
}

const ROLE_IDS = {
  active: 'NOTIFY_ACTIVE',
  standby: 'NOTIFY_STANDBY',
  fault: 'NOTIFY_FAULT',
  recovered: 'NOTIFY_RECOVERED',
  stopped: 'NOTIFY_STOPPED',
  'partner-lost': 'NOTIFY_PARTNER_LOST',
  'partner-back': 'NOTIFY_PARTNER_BACK',
} as const satisfies Record<RoleChange, EventId>;

/** Piranha knows no priorities; scripts that expect keepalived's fourth word get one that tells the nodes apart. */
const PRIORITY = { primary: '100', backup: '99' } as const;

function stateWord(change: RoleChange, holding: boolean): string {
  switch (change) {
    case 'active':
      return 'MASTER';
    case 'standby':
      return 'BACKUP';
    case 'fault':
      return 'FAULT';
    case 'recovered':
      return holding ? 'MASTER' : 'BACKUP';
    case 'stopped':
      return 'STOP';
    case 'partner-lost':
      return 'LOST';
    case 'partner-back':
      return 'BACK';
  }
}

/** Tells of a change of this node's role, of a failure of its own, or of the partner. */
export function roleNotice(change: RoleChange, facts: RoleFacts): Notice {
  const { node, holding, reason, vips, group } = facts;
  const fields: EventFields = { reason, ...(group === undefined ? {} : { group }) };
  const id = ROLE_IDS[change];
  const type = change.startsWith('partner-') ? 'PARTNER' : 'INSTANCE';
  return {
    id,
    fields,
    text:
      group === undefined ? eventRecord(id, fields).text : `group ${group}: ${eventRecord(id, fields).text}`,
    audience: 'role',
    words: [type, group ?? 'lvs', stateWord(change, holding), PRIORITY[node]],
    environment: {
      PIRANHA_NOTIFY: change,
      PIRANHA_ROLE: holding ? 'active' : 'inactive',
      PIRANHA_EVENT: oneLine(reason),
      PIRANHA_NODE: node,
      PIRANHA_VIPS: vips.join(' '),
      ...(group === undefined ? {} : { PIRANHA_GROUP: group }),
    },
  };
}

/** A virtual service as a program is told of it. */
export interface ServiceFacts {
  readonly name: string;
  /** VIP; undefined where the service is known by its mark. */
  readonly address: string | undefined;
  readonly port: number;
  readonly protocol: string;
  /** 0 = none. */
  readonly firewallMark: number;
}

/** keepalived's spelling: `[192.0.2.1]:tcp:80`, or `FWM 5`. */
function serviceWord({ address, protocol, port, firewallMark }: ServiceFacts): string {
  return firewallMark > 0 || address === undefined
    ? `FWM ${firewallMark}`
    : `[${address}]:${protocol}:${port}`;
}

function serviceVariables(service: ServiceFacts): Record<string, string> {
  return {
    PIRANHA_SERVICE: service.name,
    PIRANHA_SERVICE_ADDRESS: service.address ?? '',
    PIRANHA_SERVICE_PORT: String(service.port),
    PIRANHA_PROTOCOL: service.protocol,
    PIRANHA_MARK: String(service.firewallMark),
  };
}

export interface ServerFacts {
  readonly service: ServiceFacts;
  readonly server: { readonly name: string; readonly address: string; readonly port: number };
  readonly reason: string;
}

/** Tells that a real server came up or went down. */
export function serverNotice(up: boolean, { service, server, reason }: ServerFacts): Notice {
  const id: EventId = up ? 'NOTIFY_SERVER_UP' : 'NOTIFY_SERVER_DOWN';
  const fields: EventFields = { service: service.name, server: server.name, address: server.address, reason };
  const real = `[${server.address}]:${service.protocol}:${server.port}`;
  return {
    id,
    fields,
    text: eventRecord(id, fields).text,
    audience: 'server',
    words: ['RS', real, serviceWord(service), up ? 'UP' : 'DOWN'],
    environment: {
      PIRANHA_NOTIFY: up ? 'server-up' : 'server-down',
      PIRANHA_EVENT: oneLine(reason),
      ...serviceVariables(service),
      PIRANHA_SERVER: server.name,
      PIRANHA_SERVER_ADDRESS: server.address,
      PIRANHA_SERVER_PORT: String(server.port),
    },
  };
}

/** Tells that a sorry server came into use or left it. */
export function sorryNotice(active: boolean, service: ServiceFacts, address: string): Notice {
  const id: EventId = active ? 'NOTIFY_SORRY_ON' : 'NOTIFY_SORRY_OFF';
  const fields: EventFields = { service: service.name, address };
  return {
    id,
    fields,
    text: eventRecord(id, fields).text,
    audience: 'server',
    words: [
      'SORRY',
      `[${address}]:${service.protocol}:${service.port}`,
      serviceWord(service),
      active ? 'UP' : 'DOWN',
    ],
    environment: {
      PIRANHA_NOTIFY: active ? 'sorry-on' : 'sorry-off',
      PIRANHA_EVENT: active ? 'no real server is up' : 'a real server is up',
      ...serviceVariables(service),
      PIRANHA_SERVER_ADDRESS: address,
    },
  };
}

/** Tells that a service reached its quorum, or lost it. */
export function quorumNotice(
  reached: boolean,
  service: ServiceFacts,
  weight: number,
  needed: number,
): Notice {
  const id: EventId = reached ? 'NOTIFY_QUORUM_UP' : 'NOTIFY_QUORUM_DOWN';
  const fields: EventFields = { service: service.name, weight, needed };
  const { text } = eventRecord(id, fields);
  return {
    id,
    fields,
    text,
    audience: 'server',
    words: ['VS', serviceWord(service), reached ? 'UP' : 'DOWN'],
    environment: {
      PIRANHA_NOTIFY: reached ? 'quorum-up' : 'quorum-down',
      PIRANHA_EVENT: oneLine(text),
      ...serviceVariables(service),
    },
  };
}
