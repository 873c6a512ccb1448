import type { WatchConfig } from '../watch-model.js';
import type { ParsedBlock } from './parsed.js';
import { Values } from './values.js';

/**
 * How one server is watched: each word its own, else its virtual's. Undefined where neither has any, so that the old
 * words alone decide.
 */
export function buildWatch(virtual: ParsedBlock, server: ParsedBlock): WatchConfig | undefined {
  const [own, shared] = [new Values('server', server), new Values('virtual', virtual)];
  const number = (name: string) => own.optionalNumber(name) ?? shared.optionalNumber(name);
  const milliseconds = (seconds: number | undefined) =>
    seconds === undefined ? undefined : Math.round(seconds * 1000);
  const state = own.text('initial_state') ?? shared.text('initial_state');
  const watch: WatchConfig = {
    timeoutMs: milliseconds(own.optionalNumber('timeout')),
    reentryMs: milliseconds(own.optionalNumber('reentry')),
    rise: number('rise'),
    fall: number('fall'),
    intervalMs: milliseconds(number('interval')),
    fastIntervalMs: milliseconds(number('fast_interval')),
    downIntervalMs: milliseconds(number('down_interval')),
    connectTimeoutMs: milliseconds(number('connect_timeout')),
    retries: number('retry'),
    retryDelayMs: milliseconds(number('delay_before_retry')),
    initialState: state === 'up' || state === 'down' ? state : undefined,
    warmupMs: milliseconds(number('warmup')),
    checkAddress: own.address('check_address') ?? shared.address('check_address'),
    checkPort: number('check_port'),
  };
  return Object.values(watch).some((value) => value !== undefined) ? watch : undefined;
}
