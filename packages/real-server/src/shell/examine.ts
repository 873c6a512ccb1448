import type { LvsConfiguration } from '@piranha/config';
import { type Duties, dutiesOf } from '../core/duties.js';
import type { Finding } from '../core/finding.js';
import { findingsOf } from '../core/findings.js';
import type { Wanted } from '../core/model.js';
import { sourceOf } from '../core/source-words.js';
import { failure, refusal } from './failure.js';
import { machineAddresses, readDefaults, readMachine, readSockets } from './machine.js';

/** What a real server is to be good for: an lvs.cf that names it, VIPs, or both. */
export interface RealServerQuestion {
  readonly configuration: LvsConfiguration | undefined;
  /** As words, unchecked. */
  readonly vips: readonly string[];
  /** `direct` or `tunnel`, for these VIPs; unchecked. */
  readonly method: string;
}

/**
 * What keeps this machine from serving as a real server, and what may; problems first. `remarks` tell what a person
 * should know of the lvs.cf. Changes nothing and sends nothing.
 * @throws UserError `REALSERVER_ADDRESS`, `REALSERVER_LIMIT`, `REALSERVER_USAGE` for the words,
 *   `REALSERVER_NO_SERVICE` for an lvs.cf without this machine
 */
export function examineRealServer({ configuration, vips: words, method }: RealServerQuestion): {
  readonly findings: readonly Finding[];
  readonly remarks: readonly string[];
} {
  const source = sourceOf({ words, method, lvsCf: undefined, directors: [], ownAddresses: [] });
  if (source !== undefined && 'code' in source) throw refusal(source);
  const own = configuration === undefined ? [] : machineAddresses(readMachine(false));
  const asked = configuration === undefined ? NO_DUTIES : dutiesOf(configuration, own);
  if (words.length === 0 && asked.duties.length === 0 && asked.remarks.length === 0) {
    const reason = `no active service has an active server at ${own.join(', ') || 'no address at all'}`;
    throw failure(
      'REALSERVER_NO_SERVICE',
      reason,
      "is this the directors' file, and this a real server of theirs?",
    );
  }
  const named = new Set(source?.vips.map(({ address }) => address));
  const vips = [...(source?.vips ?? []), ...asked.vips.filter(({ address }) => !named.has(address))];
  const findings = findingsFor({ ...asked, vips }, { vips, arp: 'sysctl', pathMtuBytes: 0 });
  return { findings, remarks: asked.remarks };
}

const NO_DUTIES: Duties = { vips: [], duties: [], gateways: [], remarks: [] };

/** What is found on this machine as it is now. */
export function findingsFor(duties: Duties, wanted: Wanted): readonly Finding[] {
  return findingsOf({
    wanted,
    seen: readMachine(process.getuid?.() === 0),
    duties: duties.duties,
    gateways: duties.gateways,
    routes: readDefaults(),
    listeners: readSockets(),
  });
}
