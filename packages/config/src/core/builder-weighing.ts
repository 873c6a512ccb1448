import type { CheckSet, CheckSpec } from '../check-model.js';
import type { AgentConfig, WeighingConfig } from '../weighing-model.js';
import type { ParsedBlock } from './parsed.js';
import { Values } from './values.js';

const DEFAULT_SMOOTHING_PERCENT = 50;
const DEFAULT_CHANGE_PERCENT = 100;
const DEFAULT_HOLD_SECONDS = 60;
const DEFAULT_FADE_SECONDS = 60;

/** Where Kemp's LoadMaster looks for the load of a server. */
const DEFAULT_PAGE = '/load';

/** What `tcp:PORT` or `http:PORT/PATH` names; undefined for anything else. */
export function agentPlace(text: string): Pick<AgentConfig, 'port' | 'path'> | undefined {
  const [, kind, digits, path] = /^(?:(tcp|http):([0-9]{1,5}))(\/[\x21-\x7e]*)?$/.exec(text) ?? [];
  const port = Number(digits ?? 0);
  if (port < 1 || port > 65_535) return undefined;
  if (kind === 'http') return { port, path: path ?? DEFAULT_PAGE };
  return path === undefined ? { port } : undefined;
}

/** True where the exit status of a check's program carries a weight. */
export function asksForWeight(specs: readonly CheckSpec[]): boolean {
  return specs.some((spec) => spec.kind === 'program' && spec.miscDynamic);
}

/** The slow start that a block asks for. */
function slowStartOf(values: Values): WeighingConfig['slowStart'] | undefined {
  if (values.text('slow_start') === 'original') return 'original';
  const seconds = values.optionalNumber('slow_start');
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

/** The original let every server that returned begin with a 32nd of its weight, and no less than 1. */
function originalRamp(weight: number): WeighingConfig['slowStart'] {
  return weight > 1 ? 'original' : 0;
}

/**
 * What moves one server's weight: each word its own, else its virtual's. Undefined where nothing does.
 * @param checks the check blocks that count for it
 */
export function buildWeighing(
  virtual: ParsedBlock,
  server: ParsedBlock,
  checks: CheckSet | undefined,
): WeighingConfig | undefined {
  const [own, shared] = [new Values('server', server), new Values('virtual', virtual)];
  const number = (name: string) => own.optionalNumber(name) ?? shared.optionalNumber(name);
  const monitor = shared.text('load_monitor');
  const followsCheck = asksForWeight(checks?.specs ?? []);
  const followsLoad = !followsCheck && monitor !== undefined && monitor !== 'none';
  const place = agentPlace(own.literal('agent') ?? shared.text('agent') ?? '');
  const agent =
    place === undefined
      ? undefined
      : buildAgent(place, number, own.text('agent_number') ?? shared.text('agent_number'));
  const isToldOtherwise = agent !== undefined || followsCheck;
  const slowStart =
    slowStartOf(own) ?? slowStartOf(shared) ?? (isToldOtherwise ? 0 : originalRamp(own.number('weight')));
  if (agent !== undefined) return { slowStart, follows: 'agent', agent };
  if (followsCheck) return { slowStart, follows: 'check' };
  if (followsLoad) return { slowStart, follows: 'load' };
  return slowStart === 0 ? undefined : { slowStart, follows: 'nothing' };
}

function buildAgent(
  place: Pick<AgentConfig, 'port' | 'path'>,
  number: (name: string) => number | undefined,
  meaning: string | undefined,
): AgentConfig {
  const milliseconds = (seconds: number) => Math.round(seconds * 1000);
  const interval = number('agent_interval');
  return {
    ...place,
    intervalMs: interval === undefined ? undefined : milliseconds(interval),
    // Kemp's agents, which are asked by HTTP, tell the load.
    number: (meaning ?? (place.path === undefined ? 'idle' : 'load')) === 'load' ? 'load' : 'idle',
    smoothingPercent: number('agent_smoothing') ?? DEFAULT_SMOOTHING_PERCENT,
    changePercent: number('agent_change') ?? DEFAULT_CHANGE_PERCENT,
    holdMs: milliseconds(number('agent_hold') ?? DEFAULT_HOLD_SECONDS),
    fadeMs: milliseconds(number('agent_fade') ?? DEFAULT_FADE_SECONDS),
  };
}
