import type { ForwardingMethod, ServiceProtocol } from '@piranha/config';

/** What an lvs.cf will say; every address is already in the spelling of lvs.cf. */
export interface Draft {
  /** The source speaks of a second director. */
  isPair: boolean;
  primary: string | undefined;
  backup: string | undefined;
  keepaliveSeconds: number | undefined;
  deadtimeSeconds: number | undefined;
  monitorLinks: boolean;
  natRouter: HeldAddress | undefined;
  sync: { readonly device: string | undefined; readonly id: number | undefined } | undefined;
  tcpTimeoutSeconds: number | undefined;
  tcpFinTimeoutSeconds: number | undefined;
  udpTimeoutSeconds: number | undefined;
  readonly virtuals: DraftVirtual[];
  /** Addresses that the directors of the source hold, in its order. */
  readonly held: HeldAddress[];
}

/** An address that the active director holds. */
export interface HeldAddress {
  readonly address: string;
  /** With a label, such as `eth0:1`, or without. */
  readonly device: string;
}

/** How a server is checked: one connection where all is undefined. */
export interface DraftCheck {
  readonly send?: string | undefined;
  readonly expect?: string | undefined;
  readonly useRegex?: true | undefined;
  readonly program?: string | undefined;
}

export interface DraftServer {
  readonly address: string;
  /** As the source's table has it under NAT and with marks. */
  readonly port: number;
  /** What is checked, where that is another port. */
  readonly checkPort: number | undefined;
  readonly active: boolean;
  readonly weight: number;
  readonly forwarding: ForwardingMethod;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
}

export interface DraftVirtual {
  /** Undefined for a mark without an address. */
  readonly address: string | undefined;
  /** 0 = keyed by address, port and protocol. */
  readonly mark: number;
  readonly port: number;
  readonly protocol: ServiceProtocol;
  readonly scheduler: string;
  readonly schedulerFlags: readonly string[];
  readonly onePacket: boolean;
  readonly persistentSeconds: number;
  readonly persistenceMask: string | undefined;
  readonly sorryServer: string | undefined;
  /** Of the sorry server; each server has its own. */
  readonly forwarding: ForwardingMethod;
  readonly check: DraftCheck;
  readonly timeoutSeconds: number;
  /** How long a failed server must answer again. */
  readonly reentrySeconds: number;
  readonly quiesceServer: boolean;
  readonly servers: readonly DraftServer[];
  /** Lines for people, above the block. */
  readonly comments: readonly string[];
}

/** A draft that says nothing yet. */
export function emptyDraft(): Draft {
  return {
    isPair: false,
    primary: undefined,
    backup: undefined,
    keepaliveSeconds: undefined,
    deadtimeSeconds: undefined,
    monitorLinks: false,
    natRouter: undefined,
    sync: undefined,
    tcpTimeoutSeconds: undefined,
    tcpFinTimeoutSeconds: undefined,
    udpTimeoutSeconds: undefined,
    virtuals: [],
    held: [],
  };
}

/** The check of a server that always counts as up. */
export const ALWAYS_UP: DraftCheck = { program: '/bin/true' };

/** Family of a service: of its address, else of its servers. */
export function familyOf({ address, servers }: Pick<DraftVirtual, 'address' | 'servers'>): 4 | 6 {
  return (address ?? servers[0]?.address ?? '').includes(':') ? 6 : 4;
}
