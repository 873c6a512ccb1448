import { endpointText } from '@piranha/common';
import type { ServerStatus, ServiceStatus } from '@piranha/protocol';
import { orderText, phaseText } from './render-maintenance.js';
import { columns, spanText, terminalText } from './terminal-text.js';

const HEADINGS = [
  'SERVER',
  'ADDRESS',
  'STATE',
  'WEIGHT',
  'ACTIVE',
  'INACT',
  'TOTAL',
  'NANNY',
  'EVERY',
  'FOR',
  'REASON',
];

/** `1`, `0/1` where the live weight is not the configured one, `-/1` where there is no entry. */
function weightText({ weight, configuredWeight }: ServerStatus): string {
  if (weight === configuredWeight) return String(weight);
  return `${weight ?? '-'}/${configuredWeight}`;
}

function stateText({ health, configuredWeight, weight, maintenance }: ServerStatus): string {
  if (maintenance !== undefined) return `${health === 'down' ? 'DOWN' : health}, ${phaseText(maintenance)}`;
  if (health === 'down') return 'DOWN';
  return health === 'up' && configuredWeight === 0 && weight !== undefined ? 'up, drained' : health;
}

function nannyText({ nannyPid, nannyStarts }: ServerStatus): string {
  const pid = nannyPid === undefined ? '-' : String(nannyPid);
  return nannyStarts > 1 ? `${pid} (${nannyStarts} starts)` : pid;
}

/** `1.003/1 s`: from begin to begin of the last two checks, and what lvs.cf says. */
function intervalText({ checkInterval }: ServerStatus): string {
  if (checkInterval === undefined) return '-';
  const { actualMs, configuredMs } = checkInterval;
  return `${Math.round(actualMs) / 1_000}/${configuredMs / 1_000} s`;
}

/** What the check says, and before it what an operator ordered. */
function reasonText({ reason, maintenance }: ServerStatus, nowMs: number): string {
  return maintenance === undefined ? reason : `${orderText(maintenance, nowMs)}; check: ${reason}`;
}

function serverRow(server: ServerStatus, nowMs: number): string[] {
  const sinceMs = Date.parse(server.since);
  return [
    server.name,
    endpointText(server),
    stateText(server),
    weightText(server),
    String(server.activeConnections),
    String(server.inactiveConnections),
    String(server.connections),
    nannyText(server),
    intervalText(server),
    Number.isNaN(sinceMs) ? '-' : spanText(nowMs - sinceMs),
    reasonText(server, nowMs),
  ];
}

function sorryText({ sorryServer, sorryServerActive }: ServiceStatus): string {
  if (sorryServer === undefined) return '';
  return `, sorry server ${sorryServer} ${sorryServerActive ? 'SERVES' : 'in reserve'}`;
}

/** The services with a row for each of their servers. */
export function serviceLines(services: readonly ServiceStatus[], nowMs: number): string[] {
  if (services.length === 0) return ['', 'no services'];
  return services.flatMap((service) => [
    '',
    terminalText(`service ${service.name}  ${service.key}  ${service.scheduler}${sorryText(service)}`),
    ...columns([HEADINGS, ...service.servers.map((server) => serverRow(server, nowMs))], '  '),
  ]);
}
