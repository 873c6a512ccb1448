import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { parseServices } from '../core/services.js';
import { WELL_KNOWN_PORTS } from '../core/well-known-ports.js';

const LOOKUP_LIMIT_MS = 3000;
const MAXIMUM_SERVICES_BYTES = 4 * 1024 * 1024;

/** TCP service names of this machine; a few well-known ones where it has no /etc/services. */
export async function readServicePorts(path = '/etc/services'): Promise<ReadonlyMap<string, number>> {
  try {
    const text = await readFile(path, 'latin1');
    const known = parseServices(text.slice(0, MAXIMUM_SERVICES_BYTES));
    return known.size > 0 ? known : WELL_KNOWN_PORTS;
  } catch {
    return WELL_KNOWN_PORTS;
  }
}

async function lookupWithLimit(name: string): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), LOOKUP_LIMIT_MS);
  });
  const found = lookup(name, { family: 4 }).then(
    (result) => result.address,
    () => undefined,
  );
  try {
    return await Promise.race([found, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** IPv4 addresses of host names, all asked at once, 3 s at most; names without an answer are left out. */
export async function resolveHosts(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const answers = await Promise.all(names.map(async (name) => [name, await lookupWithLimit(name)] as const));
  return new Map(answers.filter((answer): answer is [string, string] => answer[1] !== undefined));
}
