import type { ByteOrder } from './words.js';

export interface OldPulseSettings {
  readonly role: 'primary' | 'backup';
  /** `backup_active`: without it nothing is sent, and the links are not watched. */
  readonly hasPartner: boolean;
  /** Whole seconds: the original knows no fractions. */
  readonly keepaliveSeconds: number;
  readonly deadtimeSeconds: number;
  readonly byteOrder: ByteOrder;
  /** `--forceactive`. */
  readonly forceActive?: boolean;
  /**
   * What words of failover services do to a pulse that runs LVS. What is known of the original leaves it open, so tests
   * try all: they only prove life (`known`), they are refused as a foreign service (`incompatible`), or "go inactive" is
   * obeyed by an active primary as it is between failover services (`obeyed`).
   */
  readonly failoverWords: 'known' | 'incompatible' | 'obeyed';
}

export interface OldPulseState {
  /** `spinning`: caught for ever in its own signal handler; neither sends nor reads. */
  readonly phase: 'running' | 'spinning' | 'ended';
  /** The ACTIVE flag: what its words say. */
  readonly active: boolean;
  /** Whether the VIPs are up here. They outlive the flag while lvsd is waited for. */
  readonly holding: boolean;
  readonly linkFailed: boolean;
  readonly childFailed: boolean;
  /** Activation and deactivation block the loop: nothing is sent or read meanwhile. */
  readonly busy: 'activating' | 'deactivating' | undefined;
  /** A stop that was asked for while the loop was blocked. */
  readonly stopSignal: string | undefined;
  /** What waits in the socket while the loop is blocked. */
  readonly inbox: readonly OldDatagram[];
  /** When the send timer and the dead timer fire, wall clock ms; Infinity for a timer that is not set. */
  readonly sendAtMs: number;
  readonly deadAtMs: number;
}

export interface OldDatagram {
  readonly bytes: Uint8Array;
  /** Whether the sender's address is one of the partner's. The port does not matter. */
  readonly fromPartner: boolean;
}

export type OldPulseEvent =
  /** Time has come for a timer. One timer is served by a tick: ask `oldPulseDueMs` again. */
  | { readonly type: 'tick' }
  | { readonly type: 'datagram'; readonly datagram: OldDatagram }
  /** The answer to `activate`: lvsd has set up its services. */
  | { readonly type: 'activated' }
  /** The answer to `deactivate`: lvsd is gone and the VIPs are down. */
  | { readonly type: 'deactivated' }
  | { readonly type: 'signal'; readonly signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP' }
  /** lvsd ended by itself; `how` as in the log. */
  | { readonly type: 'childEnded'; readonly how: string }
  | { readonly type: 'linkLost' }
  | { readonly type: 'linkRestored' };

export type OldPulseEffect =
  /** On every path. */
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  /** Starts lvsd and the master side of the sync daemon; answered by `activated`. */
  | { readonly type: 'activate' }
  /** Ends lvsd and waits for it, then takes the VIPs down; answered by `deactivated`. */
  | { readonly type: 'deactivate' }
  /** A helper raises every VIP and announces it five times in five seconds. */
  | { readonly type: 'raise' }
  | { readonly type: 'command'; readonly command: 'active_cmd' | 'inactive_cmd' }
  | { readonly type: 'reloadChild' }
  | { readonly type: 'log'; readonly text: string }
  | { readonly type: 'exit'; readonly status: number };

export interface OldPulseStep {
  readonly state: OldPulseState;
  readonly effects: readonly OldPulseEffect[];
}
