/** What a guardian says of itself and of the pulse-worker that it watches. */
export interface GuardianStatus {
  readonly pid: number;
  /** Of the pulse-worker that runs or starts; absent while there is none. */
  readonly workerPid?: number | undefined;
  /** `adopting`, `starting`, `watching`, `waiting` or `stopping`. */
  readonly phase: string;
  /** How often pulse-worker failed in a row. */
  readonly failures: number;
  /** It beats in pulse-worker's stead. */
  readonly standsIn: boolean;
  /** Whether this node holds addresses, by the last report of pulse-worker. */
  readonly holds: boolean;
  /** When pulse-worker is started again, ms from now; absent where it is not waited for. */
  readonly restartInMs?: number | undefined;
}
