/** Times, ms, by which the processes of a node run and watch each other; the simulator plays by the same. */

/** pulse tells its guardian this often that it lives; well inside the guardian's limit. */
export const REPORT_MS = 100;
/** How long somebody else (init, systemd) has to put a new guardian there before pulse does. */
export const REPLACE_GUARDIAN_MS = 600;
/** The longest that pulse waits for its next tick. */
export const LONGEST_WAIT_MS = 1_000;
/** One answer to another holder in this time: two that both insist must not flood the network. */
export const ANSWER_SPACING_MS = 1_000;
/** Adaptive mode looks at what was measured this often: that takes a millisecond or two, and changes slowly. */
export const ADAPTIVE_REFRESH_MS = 10_000;
