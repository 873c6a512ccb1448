import type { LvsConfiguration } from '@piranha/config';
import type { LvsdStatus, PulseStatus } from '@piranha/protocol';
import type { FirewallRule } from './firewall.js';

/** A network interface. */
export interface LinkFact {
  readonly name: string;
  readonly isUp: boolean;
  readonly hasCarrier: boolean;
  readonly mtuBytes: number;
}

/** Somebody on the network who says that an address is theirs. */
export interface HolderFact {
  readonly address: string;
  readonly mac: string;
  readonly device: string;
  /** Which real server or director of the configuration has this MAC. */
  readonly owner: string | undefined;
}

/** What a real server made of a connection that was sent to its MAC, as a director sends it; see Path. */
export interface PathFact {
  readonly kind: 'direct' | 'nat';
  readonly server: string;
  readonly serverAddress: string;
  readonly mac: string;
  readonly targetAddress: string;
  readonly port: number;
  /** Its answer came back here. */
  readonly isAnswered: boolean;
  /** Whether it takes connections on its own address; what is down anyway proves nothing. */
  readonly answersForItself: boolean;
}

/**
 * What could be seen of a director and its surroundings. What could not be looked at is undefined: a trap that needs it
 * stays silent, and `unseen` says why.
 */
export interface Facts {
  readonly configuration: LvsConfiguration;
  readonly isRoot: boolean;
  /** Why the kernel's IPVS cannot be used, and what helps. */
  readonly ipvsProblem: { readonly text: string; readonly remedy: string } | undefined;
  /** As `uname -r` prints it. */
  readonly kernelRelease: string;
  /** By their dotted names. */
  readonly sysctls: ReadonlyMap<string, string>;
  readonly links: readonly LinkFact[] | undefined;
  /** The interface through which each real server is reached; undefined where the kernel knows no way. */
  readonly routes: ReadonlyMap<string, string | undefined>;
  readonly firewall: readonly FirewallRule[] | undefined;
  readonly hasFtpHelper: boolean;
  /** Who else answers for a VIP; undefined when nobody was asked. */
  readonly holders: readonly HolderFact[] | undefined;
  /** Ways to real servers that were tried on the wire; undefined when none was. */
  readonly paths: readonly PathFact[] | undefined;
  readonly processors: number;
  /** Average number of running processes over the last minute. */
  readonly load: number;
  readonly pulse: PulseStatus | undefined;
  readonly lvsd: LvsdStatus | undefined;
  /** What could not be looked at, one line each. */
  readonly unseen: readonly string[];
}
