import { formatDiagnostic, type LoadResult, loadConfiguration, parseConfiguration } from '@piranha/config';
import { type Duties, dutiesOf } from '../core/duties.js';
import type { LvsCfSource, Source } from '../core/source-words.js';
import { failure } from './failure.js';
import { machineAddresses, readMachine } from './machine.js';
import { readFarFile } from './read-far-file.js';

const STDIN_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * What a command's words and its lvs.cf ask of this machine.
 * @throws UserError `REALSERVER_CONFIG` for a broken file, `REALSERVER_NO_SERVICE` for one without this machine,
 *   `REALSERVER_DIRECTOR` where no director answers
 */
export async function readDuties({ vips, lvsCf }: Source): Promise<Duties> {
  if (lvsCf === undefined) return { vips, duties: [], gateways: [], remarks: [] };
  const { file, configuration, diagnostics } = await load(lvsCf);
  if (configuration === undefined) {
    const lines = diagnostics
      .filter(({ severity }) => severity === 'error')
      .map((diagnostic) => formatDiagnostic(file, diagnostic));
    const reason = `${file} has errors:\n${lines.join('\n')}`;
    throw failure('REALSERVER_CONFIG', reason, 'lvsctl check tells more on a director');
  }
  const own = lvsCf.ownAddresses.length > 0 ? lvsCf.ownAddresses : machineAddresses(readMachine(false));
  const duties = dutiesOf(configuration, own);
  if (vips.length === 0 && duties.duties.length === 0 && duties.remarks.length === 0) {
    const reason = `no active service of ${file} has an active server at ${own.join(', ') || 'no address at all'}`;
    throw failure('REALSERVER_NO_SERVICE', reason, 'name the address in the file with --address');
  }
  const named = new Set(vips.map(({ address }) => address));
  return { ...duties, vips: [...vips, ...duties.vips.filter(({ address }) => !named.has(address))] };
}

async function load({ file, directors }: LvsCfSource): Promise<LoadResult> {
  if (directors.length > 0) {
    const { host, bytes } = await readFarFile(directors, file);
    return parseConfiguration(bytes, `${host}:${file}`);
  }
  if (file !== '-') return loadConfiguration(file);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > STDIN_LIMIT_BYTES) {
      throw failure('REALSERVER_CONFIG', 'standard input is larger than 4 MiB', 'is this an lvs.cf?');
    }
    chunks.push(chunk);
  }
  return parseConfiguration(Buffer.concat(chunks), 'standard input');
}
