import { UserError } from '@piranha/common';
import type { Diagnostic, LvsConfiguration } from '@piranha/config';
import { loadBeatSetup, pairBeatNames } from '@piranha/protocol/beat';

/** What is wrong on this machine with the key file of the heartbeats. An error: pulse does not start without its keys. */
export function checkKeyFile({ heartbeatKey, heartbeatPaths }: LvsConfiguration): readonly Diagnostic[] {
  if (heartbeatKey === undefined) return [];
  try {
    const pathNames = heartbeatPaths.map(({ name }) => name);
    // Names of one length on both sides make no difference to what is checked.
    loadBeatSetup(heartbeatKey.file, pairBeatNames('primary', pathNames));
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, hint, message } = error;
    const place = { line: heartbeatKey.line, column: 1 };
    return [{ severity: 'error', code, ...place, text: message, ...(hint === undefined ? {} : { hint }) }];
  }
}
