/** What an lvs.cf says about split brain: third hosts that are asked, and the command that turns a partner off. */

/** A host that is asked whether this node still reaches the world. */
export type WitnessTarget =
  /** `gateway`: by ARP where it is a neighbour with IPv4, else as `ping`. `ping`: by ICMP echo. */
  | { readonly kind: 'gateway' | 'ping'; readonly name: string; readonly address: string }
  /** A TCP connection comes about. */
  | { readonly kind: 'tcp'; readonly name: string; readonly address: string; readonly port: number }
  /** A GET is answered with status 2xx or 3xx. */
  | {
      readonly kind: 'http';
      readonly name: string;
      readonly address: string;
      readonly port: number;
      /** With its query, beginning with a slash. */
      readonly path: string;
    };

/** advise: a missing witness is only told. require: without a witness nobody takes over, or keeps the VIPs alone. */
export type WitnessPolicy = 'advise' | 'require';

export interface WitnessConfig {
  /** Empty: nobody is asked, and nothing below matters. The name of each is as written, one blank between words. */
  readonly targets: readonly WitnessTarget[];
  readonly policy: WitnessPolicy;
  /** How many of them must answer. */
  readonly quorum: number;
  /** From question to question of one witness, and how long one waits for its answer, ms. */
  readonly intervalMs: number;
  /** How long a holder keeps the VIPs with neither a partner nor a witness under `require`, ms. */
  readonly holdLimitMs: number;
  /** Added where one node waits for what the other one does, ms: for transit and late timers. */
  readonly marginMs: number;
  /** Silence of the partner after which this node may take over under `require`, ms; deadtime at least. */
  readonly takeAfterMs: number;
}

/** The command that makes sure that a silent partner is off before its addresses are taken. */
export interface FenceConfig {
  /** Program with its whole path, and arguments; split at blanks, no shell. */
  readonly command: string;
  readonly timeoutMs: number;
  /** When it fails: try again and do not take, or take all the same. */
  readonly failure: 'wait' | 'take';
}
