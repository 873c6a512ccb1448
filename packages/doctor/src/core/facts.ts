import type { LvsConfiguration } from '@piranha/config';
import type { LvsdStatus, PulseStatus } from '@piranha/protocol';
import type { WitnessAnswer } from '@piranha/witness';
import type { FirewallChain } from './firewall.js';

/** A network interface. */
export interface LinkFact {
  readonly name: string;
  readonly isUp: boolean;
  readonly hasCarrier: boolean;
  readonly mtuBytes: number;
}

/** An address of this machine. */
export interface AddressFact {
  readonly address: string;
  readonly family: 4 | 6;
  readonly prefixLength: number;
  readonly device: string;
  /** The kernel calls it secondary: another address of its network was there before. */
  readonly isSecondary: boolean;
}

/** One running side of the kernel's connection synchronisation. */
export interface SyncDaemonFact {
  readonly side: 'master' | 'backup';
  readonly device: string;
  readonly syncId: number;
}

/** This machine's clock. */
export interface ClockFact {
  /** Whether something keeps it right, as the kernel was told. */
  readonly isSynchronised: boolean;
  /** By how much it was set since pulse started, ms, forward positive; undefined without a pulse. */
  readonly steppedMs: number | undefined;
  /** The partner's clock less this one, ms; undefined where it did not tell. */
  readonly partnerAheadMs: number | undefined;
}

/** How a holder of the partner's addresses is called. */
export const PARTNER = 'the partner';

/** Somebody on the network who says that an address is theirs. */
export interface HolderFact {
  readonly address: string;
  readonly mac: string;
  readonly device: string;
  /** Which real server or director of the configuration has this MAC. */
  readonly owner: string | undefined;
}

/** The other director, asked by ssh. */
export interface PartnerFact {
  readonly host: string;
  readonly path: string;
  /** Where its lvs.cf begins to mean something else; undefined for nowhere, or where it was not read. */
  readonly difference: string | undefined;
  /** Of its suite; undefined where it did not say. */
  readonly version: string | undefined;
  /** What could not be had, one line each. */
  readonly problems: readonly string[];
}

/** What a real server made of a connection that was sent to its MAC, as a director sends it; see Path. */
export interface PathFact {
  readonly kind: 'direct' | 'nat' | 'tunnel';
  readonly server: string;
  readonly serverAddress: string;
  /** Where the frame was sent; undefined for a server that is reached through routers. */
  readonly mac: string | undefined;
  readonly targetAddress: string;
  readonly port: number;
  /** Its answer came back here. */
  readonly isAnswered: boolean;
  /** So did the one to a packet of a client's full size; undefined where none was sent. */
  readonly isFullAnswered?: boolean | undefined;
  /** Whether it takes connections on its own address; what is down anyway proves nothing. */
  readonly answersForItself: boolean;
}

/**
 * What could be seen of a director and its surroundings. What could not be looked at is undefined: a trap that needs it
 * stays silent, and `unseen` says why.
 */
export interface Facts {
  readonly configuration: LvsConfiguration;
  /** What this process may not do, such as `root` or `CAP_NET_RAW`; empty for a director's own rights. */
  readonly missingPrivileges: readonly string[];
  /** Why the kernel's IPVS cannot be used, and what helps. */
  readonly ipvsProblem: { readonly code: string; readonly text: string; readonly remedy: string } | undefined;
  /** Schedulers of lvs.cf whose modules are neither loaded nor to be found. */
  readonly missingSchedulers: readonly string[];
  /** Undefined where the kernel could not be asked. */
  readonly syncDaemons: readonly SyncDaemonFact[] | undefined;
  /** As `uname -r` prints it. */
  readonly kernelRelease: string;
  /** By their dotted names. */
  readonly sysctls: ReadonlyMap<string, string>;
  readonly links: readonly LinkFact[] | undefined;
  readonly addresses: readonly AddressFact[] | undefined;
  /** The interface through which each real server is reached; undefined where the kernel knows no way. */
  readonly routes: ReadonlyMap<string, string | undefined>;
  readonly firewall: readonly FirewallChain[] | undefined;
  readonly hasFtpHelper: boolean;
  /** Who else answers for a VIP; undefined when nobody was asked. */
  readonly holders: readonly HolderFact[] | undefined;
  /** Ways to real servers that were tried on the wire; undefined when none was. */
  readonly paths: readonly PathFact[] | undefined;
  /** Those of lvs.cf. Undefined when none was asked. */
  readonly witnesses?: readonly WitnessAnswer[] | undefined;
  /** Undefined when nobody said how it is reached. */
  readonly partner?: PartnerFact | undefined;
  readonly processors: number;
  /** Average number of running processes over the last minute. */
  readonly load: number;
  readonly clock: ClockFact | undefined;
  readonly pulse: PulseStatus | undefined;
  readonly lvsd: LvsdStatus | undefined;
  /** What could not be looked at, one line each. */
  readonly unseen: readonly string[];
}
