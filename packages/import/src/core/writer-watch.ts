import type { DraftCheck, DraftServer, DraftValue, DraftVirtual, DraftWatch } from './draft.js';

type Words = Readonly<Record<string, DraftValue | undefined>>;

/** Words of a server's times, in the order in which they are written. */
function watchWords(watch: DraftWatch): Words {
  const { retries = 0, retryDelaySeconds, failures = 1, warmupSeconds, startsDown } = watch;
  return {
    timeout: watch.timeoutSeconds,
    interval: watch.intervalSeconds,
    retry: retries > 0 ? retries : undefined,
    delay_before_retry: retries > 0 ? retryDelaySeconds : undefined,
    fall: failures > 1 ? failures : undefined,
    initial_state: startsDown ? 'down' : undefined,
    warmup: warmupSeconds,
  };
}

/** The value that most have; undefined where one has none, for nothing in a server block takes a word back. */
function common(values: readonly (DraftValue | undefined)[]): DraftValue | undefined {
  if (values.includes(undefined)) return undefined;
  const count = (value: DraftValue | undefined) => values.filter((one) => one === value).length;
  return values.reduce((best, value) => (count(value) > count(best) ? value : best), values[0]);
}

/** What stands in a virtual block for all its servers, and what in the blocks of single ones. */
export interface Shared {
  readonly ofVirtual: Words;
  readonly checksOfVirtual: readonly DraftCheck[];
  /** In the order of the servers. */
  readonly ofServers: readonly { readonly words: Words; readonly checks: readonly DraftCheck[] }[];
}

function serverWords(server: DraftServer): Words {
  const { checkPort, port } = server;
  return {
    ...watchWords(server.watch),
    check_port: checkPort === undefined || checkPort === port ? undefined : checkPort,
  };
}

/** The checks that most servers have; none where a server is checked classically. */
function commonChecks(servers: readonly DraftServer[]): readonly DraftCheck[] {
  if (servers.some(({ checks }) => checks.length === 0)) return [];
  const keys = servers.map(({ checks }) => JSON.stringify(checks));
  const key = common(keys);
  return servers[keys.indexOf(String(key))]?.checks ?? [];
}

/** Parts the words of servers into those of their virtual block and their own. */
export function shareWords({ servers, watch }: DraftVirtual): Shared {
  const all = servers.map(serverWords);
  const names = Object.keys(all[0] ?? {});
  const ofVirtual: Words =
    servers.length === 0
      ? watchWords(watch)
      : Object.fromEntries(names.map((name) => [name, common(all.map((words) => words[name]))]));
  const checksOfVirtual = commonChecks(servers);
  const key = JSON.stringify(checksOfVirtual);
  const ofServers = servers.map(({ checks }, index) => ({
    words: Object.fromEntries(
      Object.entries(all[index] ?? {}).map(([name, value]) => [
        name,
        value === ofVirtual[name] ? undefined : value,
      ]),
    ),
    checks: JSON.stringify(checks) === key ? [] : checks,
  }));
  return { ofVirtual, checksOfVirtual, ofServers };
}
