import type { CheckSpec, ForwardingMethod, ServiceProtocol } from '@piranha/config';

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
  failback: 'none' | undefined;
  failbackHoldSeconds: number | undefined;
  witnesses: readonly string[];
  maintenanceDirectory: string | undefined;
  /** Programs at a change of role, and who runs programs. */
  notify: string | undefined;
  activeCommand: string | undefined;
  inactiveCommand: string | undefined;
  notifyUser: string | undefined;
  mail: DraftMail | undefined;
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

/** One check block: a kind with its words in the spelling of lvs.cf. */
export interface DraftCheck {
  readonly kind: CheckSpec['kind'];
  readonly words: Readonly<Record<string, DraftValue | undefined>>;
}

export type DraftValue = string | number | boolean;

/** `send` and `expect`: for what no kind of check blocks can say. */
export interface ClassicCheck {
  readonly send?: string | undefined;
  readonly expect?: string | undefined;
  readonly useRegex?: true | undefined;
}

/** When a server is checked, and what follows from it. */
export interface DraftWatch {
  /** Limit of each step of a check. */
  readonly timeoutSeconds: number;
  /** Wait from one check to the next. */
  readonly intervalSeconds: number;
  /** Repetitions before a failure counts. */
  readonly retries?: number;
  readonly retryDelaySeconds?: number | undefined;
  /** Failures in a row that take a server out. */
  readonly failures?: number;
  readonly warmupSeconds?: number | undefined;
  /** Down until its first good check. */
  readonly startsDown?: boolean;
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
  /** All must pass; none: the classic check of the service. */
  readonly checks: readonly DraftCheck[];
  readonly watch: DraftWatch;
}

/** How many servers a service needs, and what is run when it has them, and when not. */
export interface DraftQuorum {
  readonly weight?: number | undefined;
  readonly hysteresis?: number | undefined;
  readonly up?: string | undefined;
  readonly down?: string | undefined;
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
  /** Of servers that have no check blocks. */
  readonly classic: ClassicCheck;
  /** For a service without servers; each server has its own. */
  readonly watch: DraftWatch;
  readonly quorum: DraftQuorum;
  readonly quiesceServer: boolean;
  readonly servers: readonly DraftServer[];
  /** Lines for people, above the block. */
  readonly comments: readonly string[];
}

/** Mail about what happens. */
export interface DraftMail {
  readonly to: readonly string[];
  readonly from: string | undefined;
  readonly server: string;
  readonly plain: boolean;
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
    failback: undefined,
    failbackHoldSeconds: undefined,
    witnesses: [],
    maintenanceDirectory: undefined,
    notify: undefined,
    activeCommand: undefined,
    inactiveCommand: undefined,
    notifyUser: undefined,
    mail: undefined,
    virtuals: [],
    held: [],
  };
}

/** The check of a server that always counts as up. */
export const ALWAYS_UP: DraftCheck = { kind: 'fixed', words: { state: 'up' } };
/** One echo request to the server, which must be answered. */
export const PING: DraftCheck = { kind: 'ping', words: {} };
/** A connection comes about. */
export const CONNECT: DraftCheck = { kind: 'tcp', words: {} };

/** Family of a service: of its address, else of its servers. */
export function familyOf({ address, servers }: Pick<DraftVirtual, 'address' | 'servers'>): 4 | 6 {
  return (address ?? servers[0]?.address ?? '').includes(':') ? 6 : 4;
}
