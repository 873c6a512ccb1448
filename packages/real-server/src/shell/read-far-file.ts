import { runFar } from '@piranha/common';
import { failure } from './failure.js';

/** A file of another machine. */
interface FarFile {
  readonly host: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads a file by ssh from the first of the hosts that gives it.
 * @throws UserError `REALSERVER_DIRECTOR` with what each of them said
 */
export async function readFarFile(hosts: readonly string[], path: string): Promise<FarFile> {
  const reasons: string[] = [];
  for (const host of hosts) {
    const answer = await runFar(host, ['cat', path]);
    if ('bytes' in answer && answer.bytes.length > 0) return { host, bytes: answer.bytes };
    reasons.push(`${host}: ${'problem' in answer ? answer.problem : `${path} is empty`}`);
  }
  const hint = `try: ssh -o BatchMode=yes ${hosts[0] ?? ''} cat ${path}; or copy the file here and use --lvs-cf`;
  throw failure('REALSERVER_DIRECTOR', `no lvs.cf from a director\n${reasons.join('\n')}`, hint);
}
