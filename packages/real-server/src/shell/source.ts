import { formatDiagnostic, type LoadResult, loadConfiguration, parseConfiguration } from '@piranha/config';
import { refusedTunnel, type Source } from '../core/command-line.js';
import { type Duties, dutiesOf } from '../core/duties.js';
import { type MachineState, TUNNEL_DEVICE } from '../core/model.js';
import { failure, refusal } from './failure.js';
import { readMachine } from './machine.js';

const STDIN_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * What a command's words or an lvs.cf ask of this machine.
 * @throws UserError `REALSERVER_CONFIG` for a broken file, `REALSERVER_NO_SERVICE` for one without this machine,
 *   `REALSERVER_IPV6_TUNNEL`
 */
export async function readDuties(source: Source): Promise<Duties> {
  if (source.kind === 'words') return { vips: source.vips, duties: [], gateways: [], remarks: [] };
  const { file, configuration, diagnostics } = await load(source.file);
  if (configuration === undefined) {
    const lines = diagnostics
      .filter(({ severity }) => severity === 'error')
      .map((diagnostic) => formatDiagnostic(file, diagnostic));
    const reason = `${file} has errors:\n${lines.join('\n')}`;
    throw failure('REALSERVER_CONFIG', reason, `lvsctl check ${file} tells more`);
  }
  const own = source.ownAddresses.length > 0 ? source.ownAddresses : machineAddresses(readMachine(false));
  const duties = dutiesOf(configuration, own);
  if (duties.duties.length === 0 && duties.remarks.length === 0) {
    const reason = `no active service of ${file} has an active server at ${own.join(', ')}`;
    throw failure('REALSERVER_NO_SERVICE', reason, 'name the address in the file with --address');
  }
  const refused = refusedTunnel(duties.vips);
  if (refused !== undefined) throw refusal(refused);
  return duties;
}

async function load(file: string): Promise<LoadResult> {
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

/** The addresses by which a director may know this machine: not those of lo and of the tunnel. */
function machineAddresses({ links, addresses }: MachineState): readonly string[] {
  const inner = links.filter(({ name }) => name === 'lo' || name === TUNNEL_DEVICE).map(({ index }) => index);
  return addresses.filter(({ index }) => !inner.includes(index)).map(({ address }) => address);
}
