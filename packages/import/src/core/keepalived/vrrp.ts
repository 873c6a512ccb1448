import { readAddress } from '../addresses.js';
import { deviceOf } from '../devices.js';
import type { Draft } from '../draft.js';
import type { Ledger, Statement } from '../ledger.js';
import { Scope } from '../scope.js';
import type { KeepalivedScope, KeepalivedWord } from './directives.js';
import { readHeld } from './held.js';
import { readHooks } from './notices.js';

const MOVE_TOGETHER =
  'all addresses move together, as if its instance were in one sync group with the others';

function blockOf(ledger: Ledger, statement: Statement): KeepalivedScope {
  ledger.carried(statement);
  return new Scope<KeepalivedWord>(ledger, statement.children ?? []);
}

function readAddresses(draft: Draft, scope: KeepalivedScope, device: string | undefined): void {
  const held = new Set(draft.held.map(({ address }) => address));
  for (const block of scope.all('virtual_ipaddress', 'virtual_ipaddress_excluded')) {
    for (const entry of blockOf(scope.ledger, block).statements) {
      const found = readHeld(scope.ledger, entry, device);
      if (found === undefined) continue;
      if (held.has(found.address)) scope.ledger.note(entry, 'the address is held already');
      else {
        held.add(found.address);
        draft.held.push(found);
      }
    }
  }
}

/** A silence of three advertisements and the skew: at most a second, below a second a part of the interval. */
function deadtimeOf(advertSeconds: number): number {
  const deadtime = advertSeconds < 1 ? advertSeconds * 4 : advertSeconds * 3 + 1;
  return Math.round(deadtime * 1000) / 1000;
}

function readTimes(draft: Draft, scope: KeepalivedScope): void {
  const statement = scope.all('advert_int').at(-1);
  const advert = scope.number('advert_int', { minimum: 0.01, maximum: 255 });
  const seconds = advert?.value ?? 1;
  if (draft.keepaliveSeconds === undefined) {
    draft.keepaliveSeconds = seconds;
    draft.deadtimeSeconds = deadtimeOf(seconds);
  } else if (statement && advert && seconds !== draft.keepaliveSeconds) {
    const reason = `a pair has one keepalive: ${draft.keepaliveSeconds} s, that of the first instance`;
    scope.ledger.note(statement, reason);
  }
}

/** Addresses of both directors, where the instance speaks to a named peer. */
function readNodes(draft: Draft, scope: KeepalivedScope): void {
  const { ledger } = scope;
  const state = scope.last('state');
  const role = state?.words[1]?.toUpperCase();
  const source = scope.last('unicast_src_ip', 'mcast_src_ip');
  const own = readAddress(source?.words[1] ?? '');
  const peersBlock = scope.last('unicast_peer');
  const peers = peersBlock ? blockOf(ledger, peersBlock).statements : [];
  const [first, ...others] = peers;
  const partner = readAddress(first?.words[0] ?? '');
  for (const other of others) ledger.note(other, 'a pair has two directors');
  const isMaster = role === 'MASTER';
  if (state && (isMaster || role === 'BACKUP')) {
    ledger.carried(state);
    draft.primary ??= isMaster ? own : partner;
    draft.backup ??= isMaster ? partner : own;
  }
  const addresses: readonly (readonly [Statement | undefined, string | undefined])[] = [
    [source, own],
    [first, partner],
  ];
  for (const [statement, address] of addresses) {
    if (statement === undefined) continue;
    if (address !== undefined && [draft.primary, draft.backup].includes(address)) ledger.carried(statement);
    else
      ledger.note(
        statement,
        'whether it is the primary or the backup is not known: give --primary and --backup',
      );
  }
}

function readTracked(scope: KeepalivedScope, device: string | undefined): void {
  for (const block of scope.all('track_interface')) {
    for (const entry of blockOf(scope.ledger, block).statements) {
      scope.ledger.carried(entry);
      if (entry.words.length > 1) scope.ledger.note(entry, 'a link is up or down, it has no weight');
      if (entry.words[0] === device) continue;
      const reason =
        'monitor_links watches the links of the own addresses of the directors: primary_private can lie on this one';
      scope.ledger.note(entry, reason);
    }
  }
}

/** Whether a director that comes back gets the addresses back. */
function readPreemption(draft: Draft, scope: KeepalivedScope): void {
  const { ledger } = scope;
  const stays = scope.flag('nopreempt');
  if (stays) {
    ledger.carried(stays);
    draft.failback = 'none';
  }
  const preempts = scope.last('preempt');
  if (preempts) ledger.carried(preempts);
  const delay = scope.number('preempt_delay', { minimum: 0, maximum: 1000 });
  if (delay === undefined || delay.value === 0) return;
  if (stays) ledger.note(delay.statement, 'it has no effect beside nopreempt');
  else {
    draft.failbackHoldSeconds = Math.max(1, delay.value);
    ledger.note(delay.statement, 'failback_hold counts once both directors have a heartbeat_key');
  }
}

/** The old word of an instance for its sync daemon. */
function readSync(draft: Draft, scope: KeepalivedScope): void {
  const statement = scope.last('lvs_sync_daemon_interface');
  const device = deviceOf(statement?.words[1]);
  if (statement === undefined || device === undefined || draft.sync !== undefined) return;
  scope.ledger.carried(statement);
  draft.sync = { device, id: undefined };
}

function readInstance(
  draft: Draft,
  ledger: Ledger,
  statement: Statement,
  usualDevice: string | undefined,
): void {
  const scope = blockOf(ledger, statement);
  draft.isPair = true;
  draft.monitorLinks = true;
  const interfaceStatement = scope.last('interface');
  const device = deviceOf(interfaceStatement?.words[1]);
  if (interfaceStatement) {
    if (device === undefined) ledger.note(interfaceStatement, 'it is no name of a device');
    else ledger.carried(interfaceStatement);
  }
  readAddresses(draft, scope, device ?? usualDevice);
  readTimes(draft, scope);
  readNodes(draft, scope);
  readTracked(scope, device ?? usualDevice);
  readPreemption(draft, scope);
  readHooks(draft, scope);
  readSync(draft, scope);
  const noAccept = scope.last('accept');
  if (noAccept) ledger.carried(noAccept);
}

/** Names of the instances in each sync group. */
function readGroups(draft: Draft, scope: KeepalivedScope): readonly (readonly string[])[] {
  return scope.all('vrrp_sync_group').map((statement) => {
    const block = blockOf(scope.ledger, statement);
    readHooks(draft, block);
    const blocks = block.all('group');
    const members = blocks.flatMap((block) => blockOf(scope.ledger, block).statements);
    for (const member of members) scope.ledger.carried(member);
    return members.flatMap(({ words }) => words);
  });
}

/** All instances and their sync groups; there is one pair, whose addresses move together. */
export function readVrrp(draft: Draft, scope: KeepalivedScope, usualDevice: string | undefined): void {
  const instances = scope.all('vrrp_instance');
  const groups = readGroups(draft, scope);
  const together = groups.some((members) => instances.every(({ words }) => members.includes(words[1] ?? '')));
  for (const statement of instances) {
    readInstance(draft, scope.ledger, statement, usualDevice);
    if (!together && statement !== instances[0]) scope.ledger.note(statement, MOVE_TOGETHER);
  }
}
