import { deviceOf } from '../devices.js';
import type { Draft } from '../draft.js';
import type { Statement } from '../ledger.js';
import { readNumber } from '../scope.js';
import type { KeepalivedScope } from './directives.js';

const TIMEOUTS = {
  tcp: 'tcpTimeoutSeconds',
  tcpfin: 'tcpFinTimeoutSeconds',
  udp: 'udpTimeoutSeconds',
} as const;

/** `lvs_timeouts tcp N tcpfin N udp N`, any of them. */
function readTimeouts(draft: Draft, scope: KeepalivedScope, statement: Statement): void {
  scope.ledger.carried(statement);
  for (let index = 1; index < statement.words.length; index += 2) {
    const name = statement.words[index] ?? '';
    const pair = { ...statement, words: statement.words.slice(index, index + 2) };
    if (!Object.hasOwn(TIMEOUTS, name)) {
      scope.ledger.note(statement, `'${name}' is not understood here`);
      continue;
    }
    const seconds = readNumber(scope.ledger, pair, { minimum: 1, maximum: 2147483, whole: true });
    if (seconds) draft[TIMEOUTS[name as keyof typeof TIMEOUTS]] = seconds.value;
  }
}

/** `lvs_sync_daemon DEVICE [INSTANCE] [id N] [maxlen N] [port N] [ttl N] [group ADDRESS]`. */
function readSyncDaemon(draft: Draft, scope: KeepalivedScope, statement: Statement): void {
  const [, device, ...rest] = statement.words;
  const name = deviceOf(device);
  if (name === undefined) {
    scope.ledger.note(statement, 'it names no device');
    return;
  }
  scope.ledger.carried(statement);
  const at = rest.indexOf('id');
  const id = at < 0 ? undefined : Number(rest[at + 1]);
  const idFits = id !== undefined && Number.isInteger(id) && id >= 0 && id <= 255;
  if (id !== undefined && !idFits) scope.ledger.note(statement, 'its id is no number from 0 to 255');
  for (const word of ['maxlen', 'port', 'ttl', 'group']) {
    if (rest.includes(word)) scope.ledger.note(statement, `${word} of the sync daemon cannot be chosen`);
  }
  draft.sync = { device: name, id: idFits ? id : undefined };
}

/** `global_defs`; the device for addresses that name none, where it says one. */
export function readGlobal(draft: Draft, scope: KeepalivedScope): { readonly device: string | undefined } {
  const sync = scope.last('lvs_sync_daemon');
  if (sync) readSyncDaemon(draft, scope, sync);
  const timeouts = scope.last('lvs_timeouts');
  if (timeouts) readTimeouts(draft, scope, timeouts);
  const statement = scope.last('default_interface');
  const device = deviceOf(statement?.words[1]);
  if (statement && device !== undefined) scope.ledger.carried(statement);
  return { device };
}
