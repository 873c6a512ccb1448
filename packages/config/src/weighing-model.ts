/** A program on the real server that says how much it wants to do. */
export interface AgentConfig {
  readonly port: number;
  /** Its page, where it is asked by HTTP; absent for one that writes a line to whoever connects. */
  readonly path?: string;
  /** Wait between two questions, ms; undefined = the interval of the checks. */
  readonly intervalMs: number | undefined;
  /** What a number without % means: share of the server that is idle, or that is loaded, both percent. */
  readonly number: 'idle' | 'load';
  /** Share that the value before keeps with each answer, percent. */
  readonly smoothingPercent: number;
  /** The weight changes by at most this share of the configured one in a minute, percent. */
  readonly changePercent: number;
  /** After the last answer its value counts for so long, ms; then the weight fades back to the configured one. */
  readonly holdMs: number;
  readonly fadeMs: number;
}

/** What moves a server's weight from the configured one. */
export interface WeighingConfig {
  /** A server that returns gets its weight bit by bit within this time, ms; `original`: doubled each 20 s, as nanny did. */
  readonly slowStart: number | 'original';
  readonly follows: 'load' | 'agent' | 'check' | 'nothing';
  /** Present where `follows` is `agent`. */
  readonly agent?: AgentConfig;
}
