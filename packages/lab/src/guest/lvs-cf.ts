import { addressOf, type HostName, type NetworkName, SERVER_NAMES } from './networks.js';

/** Statements of an lvs.cf by name. */
type Statements = Readonly<Record<string, string | number>>;

function lines(statements: Statements, indent: string): string {
  return Object.entries(statements)
    .map(([name, value]) => `${indent}${name} = ${value}\n`)
    .join('');
}

/** The head of an lvs.cf for the lab's two directors; the times suit a slow machine. */
export const DIRECTORS = lines(
  {
    primary: addressOf('alpha', 'public'),
    primary_private: addressOf('alpha', 'private'),
    backup: addressOf('beta', 'public'),
    backup_private: addressOf('beta', 'private'),
    backup_active: 1,
    heartbeat: 1,
    keepalive: 1,
    deadtime: 6,
    service: 'lvs',
  },
  '',
);

/** The head of an lvs.cf for three directors. @param keyFile they say by it who speaks */
export function threeDirectors(keyFile: string): string {
  const blocks = (['alpha', 'beta', 'gamma'] as const).map((name) => {
    const addresses = { public: addressOf(name, 'public'), private: addressOf(name, 'private') };
    return `director ${name} {\n${lines(addresses, '  ')}}\n`;
  });
  const head = { heartbeat: 1, keepalive: 1, deadtime: 6, service: 'lvs', heartbeat_key: keyFile };
  return `${lines(head, '')}${blocks.join('')}`;
}

/** What keeps connections alive over a takeover. */
export const SYNCHRONISED = lines({ syncdaemon: 1, syncd_iface: 'eth1' }, '');

/** One nanny for all real servers of a director: a process start takes a second of the guest's one processor. */
export const SHARED_NANNY = lines({ nanny_processes: 0 }, '');

/** The check of an echo service. */
export const ECHO_CHECK = { send: '"x"', expect: '"x"' } as const;

/** For a virtual server whose real servers never fail: the driver that plays them may be held up for seconds. */
export const PATIENT = { timeout: 10 } as const;

/** The server blocks of a virtual server, by the network through which the directors reach them. */
export function serverBlocks(
  network: NetworkName,
  names: readonly HostName[] = SERVER_NAMES,
  statements: Statements = {},
): string {
  return names
    .map((name) => serverBlock(name, { address: addressOf(name, network), ...statements }))
    .join('');
}

/** One server block. */
export function serverBlock(name: string, statements: Statements): string {
  return `  server ${name} {\n${lines({ active: 1, weight: 1, ...statements }, '    ')}  }\n`;
}

/** A virtual server with these server blocks, checked every 3 s. */
export function virtualBlock(name: string, statements: Statements, servers: string): string {
  const all = { active: 1, timeout: 3, reentry: 3, ...statements };
  return `virtual ${name} {\n${lines(all, '  ')}${servers}}\n`;
}
