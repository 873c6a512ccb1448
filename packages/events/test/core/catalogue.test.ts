import { describe, expect, it } from 'vitest';
import { CATALOGUE, isEventId } from '../../src/catalogue.js';

/** Phrases of the original that operators grep for: a change here breaks somebody's alarm. */
const OLD_PHRASES: Readonly<Record<string, readonly string[]>> = {
  pulse: [
    'STARTING PULSE AS MASTER',
    'STARTING PULSE AS BACKUP',
    'We are backup node and backup is marked inactive -- exiting pulse',
    'Forced active on startup: activating lvs',
    'partner dead: activating lvs',
    'partner active: deactivating LVS',
    'partner active: resending arps',
    'backup inactive: activating lvs',
    'primary inactive: activating lvs',
    'Child process {} exited with status {}',
    'Child process {} terminated with signal {}',
    'Terminating due to signal {}',
    'Warning -- failed to send heartbeat ({} if): {}',
    'Incompatible heartbeat received -- other system not using identical services',
    'bad heartbeat packet',
    'Unexpected heartbeat from {}',
    'DEBUG -- Sending heartbeat...',
    'DEBUG -- Received Heartbeat from partner',
  ],
  lvsd: [
    'starting virtual service {} active: {}',
    'create_monitor for {}/{} running as pid {}',
    'shutting down virtual service {}',
    'shutting down due to signal {}',
    'rereading configuration file',
    'ipvsadm failed for virtual server {}!',
    'ipvsadm failed to set timeouts ({} {} {})',
    'nanny for child {}/{} died!',
    'lvs: error parsing {} on line {}.',
  ],
  nanny: [
    'starting LVS client monitor for {} -> {}',
    '[ active ] making {} available',
    '[inactive] shutting down {} due to connection failure',
    'CONNECT to {} timed out',
    'READ to {} timed out',
    'READ from {} was too short',
    'READ returned error {}:{}',
    'WRITE operation for {} returned error: {}',
    'Trouble. Received results are not what we expected from ({})',
    "Error '{}' processing expected regular expression",
    "Ran the external sending program to ({}) but didn't get anything back",
    'The following exited abnormally:',
    'timeout running the following:',
    'External program use requested: ({}), IGNORING send string option ({}',
    'nanny: no monitor configured, assuming web service on port 80',
    'rose-colored glasses on',
    'opaque glasses on',
    'DEBUG -- removing glasses',
    'avail: {} active: {}: count: {}',
    'Terminating due to signal {}',
  ],
};

const entries = Object.entries(CATALOGUE);

describe('the log catalogue', () => {
  it.each(Object.entries(OLD_PHRASES))('keeps the old phrases of %s', (ident, phrases) => {
    const ours = entries
      .filter(([, template]) => template.ident === ident)
      .map(([, template]) => template.text.replace(/\{\w+\}/g, '{}'));
    expect(phrases.filter((phrase) => !ours.some((text) => text.startsWith(phrase)))).toEqual([]);
  });

  it('names each event after its daemon', () => {
    for (const [id, { ident }] of entries)
      expect(id).toMatch(new RegExp(`^${ident.toUpperCase()}_[A-Z0-9_]+$`));
  });

  it('has one line a phrase, with proper placeholders', () => {
    for (const [, { text }] of entries) {
      expect(text.replace(/\{[a-z][A-Za-z]*\}/g, '')).not.toMatch(/[{}\n]/);
    }
  });

  it('knows its own ids and no others', () => {
    expect(isEventId('PULSE_PARTNER_DEAD')).toBe(true);
    expect(isEventId('constructor')).toBe(false);
  });
});
