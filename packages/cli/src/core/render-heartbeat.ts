import type { PulseStatus } from '@piranha/protocol';
import { columns, spanText } from './terminal-text.js';

type Heartbeat = NonNullable<PulseStatus['heartbeat']>;
type Partner = NonNullable<Heartbeat['partner']>;

function serialText({ configuration }: Heartbeat, partner: Partner): string {
  return `serial_no ${configuration?.serial ?? '?'} here, ${partner.configuration.serial} there`;
}

/** Paths on which the partner has not heard this node for a deadtime, although this node hears the partner. */
function deafPaths(partner: Partner, deadtimeMs: number): readonly string[] {
  const deaf = partner.hearsUs?.filter(({ agoMs = Infinity }) => agoMs > deadtimeMs) ?? [];
  return deaf.map(({ name }) => name);
}

/** What an operator should see without asking for more; nothing as long as all is well. */
export function heartbeatWarnings({ heartbeat, deadtimeMs }: PulseStatus): string[][] {
  const partner = heartbeat?.partner;
  if (heartbeat === undefined || partner === undefined || partner.heardAgoMs > deadtimeMs) return [];
  const differs = heartbeat.configuration?.hash !== partner.configuration.hash;
  const deaf = deafPaths(partner, deadtimeMs);
  return [
    ...(differs
      ? [
          [
            'lvs.cf',
            `DIFFERS from the partner's: ${serialText(heartbeat, partner)} (lvsctl sync push or pull)`,
          ],
        ]
      : []),
    ...(deaf.length === 0 ? [] : [['one-way', `the partner does not hear this node on ${deaf.join(', ')}`]]),
    ...(partner.standIn
      ? [['stand-in', "the partner's guardian speaks for its pulse, which is silent"]]
      : []),
  ];
}

/** How many connections it knows is for the active director to count: `sync`. */
function listenedText({ listenedPercent, listenedSeconds }: Partner['readiness']): string {
  if (listenedSeconds !== undefined)
    return `, has listened to connections for ${spanText(listenedSeconds * 1_000)}`;
  if (listenedPercent === undefined) return '';
  return `, has listened to connections for ${listenedPercent} % of the time that it takes`;
}

function partnerRows(heartbeat: Heartbeat, partner: Partner): string[][] {
  const { readiness, configuration } = partner;
  const { tableLoaded, firstVerdicts, serversUp, serversTotal } = readiness;
  const ready = !tableLoaded ? 'table not loaded' : firstVerdicts ? 'ready' : 'waits for first verdicts';
  const same = heartbeat.configuration?.hash === configuration.hash ? 'as here' : 'ANOTHER ONE';
  const heard = partner.hearsUs?.map(({ name, agoMs }) =>
    agoMs === undefined ? `${name} never` : `${name} ${(agoMs / 1000).toFixed(1)} s ago`,
  );
  return [
    ['', 'session', `open for ${spanText(partner.openMs)}, life ${partner.life}`],
    ['', 'partner', `${partner.duty}, priority ${partner.priority}: ${partner.reason}`],
    ['', 'ready', `${ready}, ${serversUp} of ${serversTotal} servers up${listenedText(readiness)}`],
    ...(partner.failure === undefined ? [] : [['', 'failure', partner.failure || 'not told']]),
    ['', 'lvs.cf', `${same}, ${configuration.hash}, ${serialText(heartbeat, partner)}`],
    ['', 'hears us', heard?.join(', ') ?? 'not told'],
  ];
}

function protocolText({ protocol, encrypted, keyId, wordsCount }: Heartbeat): string {
  const words = wordsCount ? '; no beat of it is heard: its words count' : '';
  const agreed = protocol === 'announced' ? `, agreed on with the partner${words}` : '';
  return `authenticated${encrypted ? ' and encrypted' : ''}, sent by key ${keyId ?? '?'}${agreed}`;
}

/** Of several directors each has a line of its own elsewhere. */
function sessionRows(heartbeat: Heartbeat, partner: Partner | undefined, isSeveral: boolean): string[][] {
  if (partner !== undefined) return partnerRows(heartbeat, partner);
  return isSeveral ? [] : [['', 'session', 'none: nothing proven was heard']];
}

/** Protocol, session, what the partner says of itself, and what was dropped; for `--verbose`. */
export function heartbeatLines({ heartbeat, directors = [] }: PulseStatus): string[] {
  if (heartbeat === undefined) return [];
  const { partner, dropped = {} } = heartbeat;
  const counts = Object.entries(dropped).map(([reason, count]) => `${count} ${reason}`);
  const droppedRow = ['', 'dropped', counts.join(', ') || 'none'];
  if (heartbeat.protocol === 'words') {
    const news = heartbeat.announcing ? '; announced is more, no partner has agreed on a key yet' : '';
    return ['heartbeat', ...columns([['', 'protocol', `the original's words${news}`], droppedRow])];
  }
  return [
    'heartbeat',
    ...columns([
      ['', 'protocol', protocolText(heartbeat)],
      ...sessionRows(heartbeat, partner, directors.length > 1),
      droppedRow,
    ]),
  ];
}
