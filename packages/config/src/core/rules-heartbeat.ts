import { statementOf } from './parsed.js';
import { type RuleInput, valuePlace } from './rules.js';

/** A key that cannot be meant as it stands, or that nobody uses. */
function checkKey({ configuration, parsed, findings }: RuleInput): void {
  const key = statementOf(parsed, 'heartbeat_key');
  const encrypt = statementOf(parsed, 'heartbeat_encrypt');
  const hasBeats = (configuration.heartbeatKey ?? configuration.heartbeatAnnounce) !== undefined;
  if (encrypt?.value === true && !hasBeats) {
    const text = 'heartbeat_encrypt has no effect without heartbeat_key: heartbeats go out in the clear';
    const hint = 'make a key with lvsctl keygen and name its file in heartbeat_key';
    findings.warning('CF_HEARTBEAT_KEY_UNUSED', valuePlace(encrypt), text, hint);
  }
  if (key === undefined) return;
  const { heartbeatKey } = configuration;
  if (heartbeatKey === undefined || !heartbeatKey.file.startsWith('/')) {
    const hint =
      'for instance heartbeat_key = /etc/sysconfig/ha/beat.keys; without the line, words of the original are spoken';
    findings.error('CF_HEARTBEAT_KEY_PATH', valuePlace(key), 'heartbeat_key is no absolute path', hint);
  } else if (!configuration.backupActive) {
    const text = 'heartbeat_key has no effect without backup_active = 1';
    findings.warning('CF_HEARTBEAT_KEY_UNUSED', valuePlace(key), text);
  }
}

function checkAnnounce({ configuration, parsed, findings }: RuleInput): void {
  const statement = statementOf(parsed, 'heartbeat_announce');
  if (statement?.value !== true) return;
  const { heartbeatAnnounce, backupActive, directors } = configuration;
  if (heartbeatAnnounce !== undefined && backupActive) return;
  const why = !backupActive
    ? 'without backup_active = 1'
    : directors.length > 2
      ? 'with more than two directors: they need a heartbeat_key'
      : 'beside heartbeat_key, which says more';
  const text = `heartbeat_announce has no effect ${why}`;
  findings.warning('CF_HEARTBEAT_ANNOUNCE_UNUSED', valuePlace(statement), text);
}

function checkSync({ configuration, parsed, findings }: RuleInput): void {
  const statement = statementOf(parsed, 'config_sync');
  if (statement?.value !== true || configuration.heartbeatKey !== undefined) return;
  const text = 'config_sync has no effect without heartbeat_key: lvsctl sync needs a common key';
  findings.warning('CF_CONFIG_SYNC_UNUSED', valuePlace(statement), text);
}

/** Rules about heartbeats: keys, and an adaptive deadtime needs a second path to compare with. */
export function checkHeartbeats(input: RuleInput): void {
  checkKey(input);
  checkAnnounce(input);
  checkSync(input);
  checkAdaptive(input);
}

function checkAdaptive({ configuration, parsed, findings }: RuleInput): void {
  const { adaptive, backupActive, primary, primaryPrivate, backup, backupPrivate, heartbeatPaths } =
    configuration;
  const statement = statementOf(parsed, 'adaptive');
  if (!adaptive || statement === undefined) return;
  const place = valuePlace(statement);
  if (!backupActive) {
    findings.warning('CF_ADAPTIVE_UNUSED', place, 'adaptive has no effect without backup_active = 1');
    return;
  }
  const hasSecondPath = primaryPrivate !== primary && backupPrivate !== backup;
  if (hasSecondPath || heartbeatPaths.length > 0) return;
  const hint = 'write primary_private and backup_private with addresses of another network';
  findings.warning('CF_ADAPTIVE_ONE_PATH', place, 'adaptive has no effect with one heartbeat path', hint);
}
