import {
  sameServer,
  sameSettings,
  serverKeyText,
  serviceKeyText,
  type Table,
  type TableServer,
  type TableService,
} from '@piranha/ipvs';
import type { LvsdStatus, ServerStatus } from '@piranha/protocol';

/** Stable names of what can differ; part of the contract with scripts. */
type DifferenceCode =
  /** Serves now; Piranha's own check takes it out. */
  | 'SHADOW_SERVER_OUT'
  /** Does not serve now; Piranha's own check puts it in. */
  | 'SHADOW_SERVER_IN'
  | 'SHADOW_SERVER_WEIGHT'
  /** Another method of forwarding, or other thresholds. */
  | 'SHADOW_SERVER_SETTINGS'
  /** Serves now and is not in lvs.cf: it would stay, and nobody would check it. */
  | 'SHADOW_SERVER_UNKNOWN'
  /** In lvs.cf and not in the table. */
  | 'SHADOW_SERVICE_NEW'
  /** Scheduler, flags, persistence. */
  | 'SHADOW_SERVICE_SETTINGS'
  /** In the table and not in lvs.cf: it would stay, and nobody would look after it. */
  | 'SHADOW_SERVICE_UNKNOWN';

/** One thing that would be otherwise under Piranha. */
export interface Difference {
  readonly code: DifferenceCode;
  /** `tcp 10.0.0.9:80`, with the server behind it where it is about one. */
  readonly place: string;
  /** What is and what would be. */
  readonly text: string;
  /** Why, as far as it is known. */
  readonly reason: string;
}

function settingsText({
  scheduler,
  schedulerFlags,
  persistentSeconds,
  persistenceMask,
  onePacket,
}: TableService) {
  const flags = schedulerFlags.length === 0 ? '' : ` flags ${schedulerFlags.join(',')}`;
  const mask = persistenceMask === undefined ? '' : ` mask ${persistenceMask}`;
  const persistence = persistentSeconds === 0 ? '' : ` persistent ${persistentSeconds} s${mask}`;
  return `${scheduler}${flags}${persistence}${onePacket ? ' one-packet' : ''}`;
}

function serverText({ forwarding, upperThreshold, lowerThreshold }: TableServer): string {
  const thresholds =
    upperThreshold === 0 && lowerThreshold === 0 ? '' : ` ${upperThreshold}/${lowerThreshold}`;
  return `${forwarding}${thresholds}`;
}

interface Pair {
  readonly place: string;
  readonly live: TableServer | undefined;
  readonly would: TableServer | undefined;
  /** Undefined for a server that lvs.cf does not know. */
  readonly known: ServerStatus | undefined;
}

function weightOf(server: TableServer | undefined): string {
  if (server === undefined) return 'not in the table';
  return server.weight === 0 ? 'quiesced' : `weight ${server.weight}`;
}

function serverDifferences({ place, live, would, known }: Pair): Difference[] {
  const serves = (live?.weight ?? 0) > 0;
  const wouldServe = (would?.weight ?? 0) > 0;
  const weights = `${weightOf(live)} now, would be ${weightOf(would)}`;
  if (known === undefined && would === undefined) {
    if (!serves) return [];
    const reason = 'lvs.cf does not name it; it would stay, and nobody would check it';
    return [{ code: 'SHADOW_SERVER_UNKNOWN', place, text: `${weightOf(live)} now`, reason }];
  }
  const reason = known?.reason ?? '';
  if (serves && !wouldServe) return [{ code: 'SHADOW_SERVER_OUT', place, text: weights, reason }];
  if (!serves && wouldServe) return [{ code: 'SHADOW_SERVER_IN', place, text: weights, reason }];
  // Out on both sides, by absence here and by weight 0 there, serves nobody either way.
  if (live === undefined || would === undefined || sameServer(live, would)) return [];
  if (live.weight !== would.weight) {
    return [{ code: 'SHADOW_SERVER_WEIGHT', place, text: weights, reason: 'lvs.cf says so' }];
  }
  const text = `${serverText(live)} now, would be ${serverText(would)}`;
  return [{ code: 'SHADOW_SERVER_SETTINGS', place, text, reason: 'lvs.cf says so' }];
}

function byKey<Item>(items: readonly Item[], key: (item: Item) => string): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [key(item), item]));
}

function serviceDifferences(
  text: string,
  live: TableService | undefined,
  would: TableService | undefined,
  servers: readonly ServerStatus[],
): Difference[] {
  const present = byKey(live?.servers ?? [], serverKeyText);
  const wanted = byKey(would?.servers ?? [], serverKeyText);
  const known = byKey(servers, serverKeyText);
  return [...new Set([...present.keys(), ...wanted.keys()])].flatMap((key) =>
    serverDifferences({
      place: `${text} ${key}`,
      live: present.get(key),
      would: wanted.get(key),
      known: known.get(key),
    }),
  );
}

/**
 * What would be otherwise if Piranha served instead, by its table and its verdicts.
 * @param live the kernel's table now
 * @param would the table of a lvsd that writes into a model
 */
export function differencesOf(
  live: Table,
  would: Table,
  { services }: Pick<LvsdStatus, 'services'>,
): Difference[] {
  const present = byKey(live.services, ({ key }) => serviceKeyText(key));
  const wanted = byKey(would.services, ({ key }) => serviceKeyText(key));
  const keys = [...new Set([...wanted.keys(), ...present.keys()])];
  return keys.flatMap((text): Difference[] => {
    const now = present.get(text);
    const then = wanted.get(text);
    if (then === undefined) {
      const reason = 'lvs.cf does not name it; it would stay, and nobody would look after it';
      return [
        { code: 'SHADOW_SERVICE_UNKNOWN', place: text, text: `${now?.servers.length} servers now`, reason },
      ];
    }
    const known = services.filter(({ key }) => key === text).flatMap(({ servers }) => servers);
    if (now === undefined) {
      const reason = 'only lvs.cf names it';
      return [
        { code: 'SHADOW_SERVICE_NEW', place: text, text: 'not in the table now, would be added', reason },
      ];
    }
    const servers = serviceDifferences(text, now, then, known);
    if (sameSettings(now, then)) return servers;
    const change = `${settingsText(now)} now, would be ${settingsText(then)}`;
    return [
      { code: 'SHADOW_SERVICE_SETTINGS', place: text, text: change, reason: 'lvs.cf says so' },
      ...servers,
    ];
  });
}

/** Whether to go on in spite of this difference has to be a person's decision. */
export function isGrave({ code }: Difference): boolean {
  return code !== 'SHADOW_SERVER_IN';
}
