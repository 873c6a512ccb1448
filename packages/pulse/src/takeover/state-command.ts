import type { EventLog } from '@piranha/events';
import { startOperatorCommand } from './operator-command.js';

const LIMIT_MS = 60_000;

export interface StateCommand {
  /** `active_cmd` or `inactive_cmd` as written; split at blanks, no shell. */
  readonly command: string;
  /** The role that the node has now. */
  readonly role: 'active' | 'inactive';
  /** Why, such as `partner dead`. */
  readonly event: string;
  readonly log: Pick<EventLog, 'log'>;
  readonly limitMs?: number;
}

/**
 * Starts the operator's command of a change of role, as the original did: words split at blanks, no shell, not waited
 * for. The role and its reason are in PIRANHA_ROLE and PIRANHA_EVENT. The first lines of its output and its end are
 * logged; past the limit its process group is killed. The promise is for tests; it never rejects.
 */
export async function runStateCommand(options: StateCommand): Promise<void> {
  const { command, log, role, event, limitMs = LIMIT_MS } = options;
  const environment = { PIRANHA_ROLE: role, PIRANHA_EVENT: event };
  const running = startOperatorCommand({ command, environment, limitMs });
  if (running === undefined) return;
  const { program } = running;
  const fields = { program, role };
  if (running.isStarted) log.log('PULSE_STATE_COMMAND_STARTED', { ...fields, reason: event });
  const { outcome, problem, lines } = await running.ended;
  for (const line of lines) log.log('PULSE_STATE_COMMAND_OUTPUT', { program, line });
  if (problem === undefined) log.log('PULSE_STATE_COMMAND_ENDED', { ...fields, outcome });
  else log.log('PULSE_STATE_COMMAND_FAILED', { ...fields, problem });
}
