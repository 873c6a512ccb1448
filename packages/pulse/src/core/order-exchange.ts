/** How often the own orders about servers are looked at, ms; long ones seldomer, for each look reads them all. */
const LOOK_EVERY_MS = 2_000;
const LOOK_MS_PER_CHARACTER = 0.01;
/** Pause after the first exchange that failed, ms; twice as long after each further one, up to the longest. */
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;

/** What one director knows of the orders that both are to have. */
export interface ExchangeState {
  /** What the partner was last known to have, and in which life of it. */
  readonly agreed: string | undefined;
  readonly dueMs: number;
  /** Exchanges that failed since the last one that did not. */
  readonly failures: number;
}

export const NEVER_EXCHANGED: ExchangeState = { agreed: undefined, dueMs: 0, failures: 0 };

/** Own orders as text, and the life in which the partner is heard. */
export interface OrderView {
  readonly orders: string;
  readonly life: string;
}

/** The own orders were looked at. */
export function afterLook(
  state: ExchangeState,
  view: OrderView,
  nowMs: number,
): { readonly state: ExchangeState; readonly exchange: boolean } {
  const dueMs = nowMs + lookPauseMs(view);
  return { state: { ...state, dueMs }, exchange: state.agreed !== agreement(view) };
}

/** The partner has these orders now, whoever asked for it: a pause after a failure is over. `news`: it had failed before. */
export function afterExchange(
  { dueMs, failures }: ExchangeState,
  view: OrderView,
  nowMs: number,
): { readonly state: ExchangeState; readonly news: boolean } {
  const nextMs = Math.min(dueMs, nowMs + lookPauseMs(view));
  return { state: { agreed: agreement(view), dueMs: nextMs, failures: 0 }, news: failures > 0 };
}

/** It failed. `news`: it had not before. */
export function afterFailure(
  state: ExchangeState,
  nowMs: number,
): { readonly state: ExchangeState; readonly news: boolean } {
  const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** state.failures, LONGEST_RETRY_MS);
  const failures = state.failures + 1;
  return { state: { ...state, dueMs: nowMs + pauseMs, failures }, news: failures === 1 };
}

/** There was nothing to look at. */
export function postponed(state: ExchangeState, nowMs: number): ExchangeState {
  return { ...state, dueMs: nowMs + LOOK_EVERY_MS };
}

function lookPauseMs({ orders }: OrderView): number {
  return LOOK_EVERY_MS + orders.length * LOOK_MS_PER_CHARACTER;
}

function agreement({ orders, life }: OrderView): string {
  return `${life} ${orders}`;
}
