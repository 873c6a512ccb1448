import { agentPlace, asksForWeight } from './builder-weighing.js';
import { printable } from './diagnostics.js';
import { type ParsedBlock, statementOf } from './parsed.js';
import { headerPlace, placeIn, type RuleInput, type VirtualView, valuePlace } from './rules.js';

/** Below these weights there is no room to move in. */
const LEAST_WEIGHT = { agent: 10, load: 4, check: 0, nothing: 4 } as const;

function agentRules({ findings }: RuleInput, block: ParsedBlock): void {
  const statement = statementOf(block, 'agent');
  if (typeof statement?.value !== 'string' || statement.value === '') return;
  if (agentPlace(statement.value) !== undefined) return;
  const text = `'${printable(statement.value)}' is no agent`;
  findings.error(
    'CF_AGENT',
    valuePlace(statement),
    text,
    'write tcp:PORT, such as tcp:3333, or http:PORT/PATH, such as http:80/load',
  );
}

/** agent_… where no agent is named. */
function unusedRules({ findings }: RuleInput, view: VirtualView): void {
  const hasAgent = [view.block, ...view.servers.map(({ block }) => block)].some((block) =>
    statementOf(block, 'agent'),
  );
  if (hasAgent) return;
  for (const block of [view.block, ...view.servers.map((server) => server.block)]) {
    const unused = block.statements.find(({ spec }) => spec.name.startsWith('agent_'));
    if (unused === undefined) continue;
    const text = `${unused.spec.name} has no effect without agent`;
    findings.warning(
      'CF_AGENT_UNUSED',
      valuePlace(unused),
      text,
      'write agent = tcp:PORT or http:PORT, or delete the line',
    );
  }
}

function monitorRules(
  { configuration, findings }: RuleInput,
  { virtual, block, servers }: VirtualView,
): void {
  const monitor = statementOf(block, 'load_monitor');
  if (monitor === undefined || virtual.check.loadMonitor === undefined) return;
  if (servers.some(({ server }) => server.active && server.weighing?.follows === 'agent')) {
    const text = 'load_monitor has no effect on servers that have an agent';
    findings.warning('CF_LOAD_MONITOR_AGENT', valuePlace(monitor), text, 'delete one of them');
  }
  if (servers.some(({ server }) => server.active && server.weighing?.follows === 'check')) {
    const text = 'load_monitor has no effect on servers whose check gives the weight';
    findings.warning('CF_LOAD_MONITOR_CHECK', valuePlace(monitor), text, 'delete it, or misc_dynamic');
  }
  const shell = configuration.rshCommand;
  if (virtual.check.loadMonitor !== 'uptime' || shell === 'rsh' || shell === 'ssh') return;
  const text = `load_monitor = uptime runs '${printable(shell)}' with the address alone: only rsh and ssh, without a path, are told to run uptime`;
  findings.warning('CF_LOAD_MONITOR_SHELL', valuePlace(monitor), text, 'write rsh_command = ssh');
}

function roomRules({ findings }: RuleInput, { block: virtual, servers }: VirtualView): void {
  for (const { server, block } of servers) {
    const { weighing, weight } = server;
    if (!server.active || weighing === undefined || weight === 0) continue;
    // The original's ramp was in every file, whatever its weights.
    const isAsked = statementOf(block, 'slow_start') ?? statementOf(virtual, 'slow_start');
    if (weighing.follows === 'nothing' && isAsked === undefined) continue;
    const least = LEAST_WEIGHT[weighing.follows];
    if (weight >= least) continue;
    const text = `server '${printable(block.name)}' has weight = ${weight}: too small for ${whatMoves(weighing.follows)} to change it`;
    const place = statementOf(block, 'weight') ? placeIn(block, 'weight') : headerPlace(block);
    findings.warning(
      'CF_WEIGHT_SMALL',
      place,
      text,
      'give all servers of the service 100 times their weight',
    );
  }
}

function whatMoves(follows: keyof typeof LEAST_WEIGHT): string {
  if (follows === 'nothing') return 'slow_start';
  return follows === 'agent' ? 'its agent' : 'load_monitor';
}

/** misc_dynamic beside an agent: one of them can have its way. */
function checkWeightRules({ findings }: RuleInput, { virtual, block, servers }: VirtualView): void {
  const told = new Set<ParsedBlock>();
  for (const { server, block: own } of servers) {
    if (!server.active || server.weighing?.follows !== 'agent') continue;
    const holder = server.check === undefined ? block : own;
    if (told.has(holder) || !asksForWeight((server.check ?? virtual.check).specs)) continue;
    told.add(holder);
    const words = holder.checks.flatMap((check) => statementOf(check, 'misc_dynamic') ?? []);
    const place = words.find(({ value }) => value === true);
    const text = 'misc_dynamic: exit statuses 2 to 255 pass, but the weight that they ask for is not given';
    const hint = 'the agent of a server gives its weight: delete one of them';
    findings.warning('CF_CHECK_WEIGHT', place ? valuePlace(place) : headerPlace(holder), text, hint);
  }
}

/** Rules about what moves weights in one active virtual server. */
export function weighingRules(input: RuleInput, view: VirtualView): void {
  for (const block of [view.block, ...view.servers.map((server) => server.block)]) agentRules(input, block);
  unusedRules(input, view);
  monitorRules(input, view);
  checkWeightRules(input, view);
  roomRules(input, view);
}
