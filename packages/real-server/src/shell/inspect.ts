import type { Duties } from '../core/duties.js';
import { findingLines, statusLines } from '../core/render.js';
import type { Source } from '../core/source-words.js';
import { statusOf } from '../core/status.js';
import type { Tell } from './change.js';
import { findingsFor } from './examine.js';
import { EXIT, failure } from './failure.js';
import { readMachine } from './machine.js';
import { readDuties } from './source.js';
import { StateFile } from './state-file.js';

/** Tells what is held and set. Gives the exit status: 0 started, 1 incomplete, 3 stopped. */
export function showStatus(runDirectory: string, json: boolean, tell: Tell): number {
  const record = new StateFile(runDirectory).read();
  const view = statusOf(record, readMachine((record.hasArpTable || record.hasSegmentTable) && isRoot()));
  if (json) tell(JSON.stringify(view));
  else statusLines(view).forEach(tell);
  return { started: 0, incomplete: EXIT.problem, stopped: EXIT.stopped }[view.state];
}

/**
 * Tells what keeps this machine from serving: for the VIPs of the command, else for those that were started. Gives the
 * exit status: 1 where there is a problem; warnings alone are none.
 */
export async function showCheck(
  source: Source | undefined,
  runDirectory: string,
  json: boolean,
  tell: Tell,
): Promise<number> {
  const { wanted } = new StateFile(runDirectory).read();
  const duties = source === undefined ? startedDuties(wanted.vips) : await readDuties(source);
  const findings = findingsFor(duties, { ...wanted, vips: duties.vips });
  const isReady = findings.every(({ severity }) => severity !== 'problem');
  if (json) tell(JSON.stringify({ ready: isReady, vips: duties.vips, findings, remarks: duties.remarks }));
  else {
    for (const remark of duties.remarks) tell(`note: ${remark}`);
    findings.flatMap(findingLines).forEach(tell);
    tell(isReady ? `ready: ${summary(duties)}` : 'not ready');
  }
  return isReady ? 0 : EXIT.problem;
}

function startedDuties(vips: Duties['vips']): Duties {
  if (vips.length > 0) return { vips, duties: [], gateways: [], remarks: [] };
  const hint = 'name VIPs, or an lvs.cf with --config';
  throw failure('REALSERVER_USAGE', 'nothing was started that could be checked', hint, EXIT.usage);
}

function summary({ vips, duties }: Duties): string {
  const parts = [
    vips.map(({ address, method }) => `${address} (${method})`).join(', '),
    ...new Set(
      duties.filter(({ forwarding }) => forwarding === 'nat').map(({ service }) => `${service} (nat)`),
    ),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
