/** How often the own orders about servers are looked at, ms; long ones seldomer, for each look reads them all. */
const LOOK_EVERY_MS = 2_000;
const LOOK_MS_PER_CHARACTER = 0.01;
/** Longest pause after an exchange that failed, ms. */
const RETRY_AFTER_MS = 30_000;

/** What one director knows of the orders that both are to have. */
export interface ExchangeState {
  /** What the partner was last known to have, and in which life of it. */
  readonly agreed: string | undefined;
  readonly dueMs: number;
  readonly isFailing: boolean;
}

export const NEVER_EXCHANGED: ExchangeState = { agreed: undefined, dueMs: 0, isFailing: false };

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
  const dueMs = nowMs + LOOK_EVERY_MS + view.orders.length * LOOK_MS_PER_CHARACTER;
  return { state: { ...state, dueMs }, exchange: state.agreed !== agreement(view) };
}

/** The partner has these orders now. `news`: it had failed before. */
export function afterExchange(
  state: ExchangeState,
  view: OrderView,
): { readonly state: ExchangeState; readonly news: boolean } {
  return { state: { ...state, agreed: agreement(view), isFailing: false }, news: state.isFailing };
}

/** It failed. `news`: it had not before. */
export function afterFailure(
  state: ExchangeState,
  nowMs: number,
): { readonly state: ExchangeState; readonly news: boolean } {
  return { state: { ...state, dueMs: nowMs + RETRY_AFTER_MS, isFailing: true }, news: !state.isFailing };
}

/** There was nothing to look at. */
export function postponed(state: ExchangeState, nowMs: number): ExchangeState {
  return { ...state, dueMs: nowMs + LOOK_EVERY_MS };
}

function agreement({ orders, life }: OrderView): string {
  return `${life} ${orders}`;
}
