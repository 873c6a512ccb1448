import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { signalProcess } from '@piranha/common';
import type { Namespace } from './namespace.js';
import { addressOf, type ServerName } from './networks.js';
import { until } from './requests.js';

const DIRECTORY = '/run/lab/incumbent';
const LAST_LINES = 30;

/** What another product is to serve, by direct routing and round robin, with checks that only connect. */
export interface IncumbentService {
  readonly address: string;
  readonly ports: readonly number[];
  readonly servers: readonly ServerName[];
}

/** Another product that serves on a director of the lab. */
export interface RunningIncumbent {
  /** Whether its first process lives. */
  isAlive(): boolean;
  /** Ends it by force; table and addresses stay. */
  kill(): void;
  lastLines(): string;
}

interface Started {
  readonly host: Namespace;
  readonly program: string;
  readonly args: readonly string[];
  readonly name: string;
}

function start({ host, program, args, name }: Started): RunningIncumbent {
  const logFile = `${DIRECTORY}/${name}.log`;
  const log = openSync(logFile, 'a');
  const child = host.spawn(program, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  let hasEnded = false;
  child.once('exit', () => {
    hasEnded = true;
  });
  return {
    isAlive: () => !hasEnded,
    kill: () => signalProcess(child.pid ?? 0, 'SIGKILL'),
    lastLines: () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n'),
  };
}

function configure(name: string, text: string): string {
  mkdirSync(DIRECTORY, { recursive: true });
  const path = `${DIRECTORY}/${name}`;
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function keepalivedServer(address: string, port: number): string {
  return `  real_server ${address} ${port} {
    weight 1
    TCP_CHECK {
      connect_timeout 10
    }
  }
`;
}

function keepalivedText({ address, ports, servers }: IncumbentService): string {
  const services = ports.map(
    (port) => `virtual_server ${address} ${port} {
  delay_loop 3
  lb_algo rr
  lb_kind DR
  protocol TCP
${servers.map((name) => keepalivedServer(addressOf(name, 'public'), port)).join('')}}
`,
  );
  return `global_defs {
  router_id lab
  lvs_sync_daemon eth1 lab id 9
}
vrrp_instance lab {
  state MASTER
  interface eth0
  virtual_router_id 51
  priority 150
  advert_int 1
  virtual_ipaddress {
    ${address}/32 dev eth0
  }
}
${services.join('')}`;
}

/** keepalived with one VRRP instance that holds the address, and its own connection synchronisation. */
export function startKeepalived(host: Namespace, service: IncumbentService): RunningIncumbent {
  const file = configure('keepalived.conf', keepalivedText(service));
  const pids = ['-p', '-r', '-c'].flatMap((option) => [option, `${DIRECTORY}/keepalived${option}.pid`]);
  return start({
    host,
    program: 'keepalived',
    args: ['-n', '-l', '-D', '-f', file, ...pids],
    name: 'keepalived',
  });
}

/** ldirectord, and the address as somebody else would have given it to the machine. */
export function startLdirectord(
  host: Namespace,
  { address, ports, servers }: IncumbentService,
): RunningIncumbent {
  host.ip(`addr add ${address}/32 dev eth0`);
  const services = ports.map(
    (port) => `virtual=${address}:${port}
\tprotocol=tcp
\tscheduler=rr
\tchecktype=connect
${servers.map((name) => `\treal=${addressOf(name, 'public')}:${port} gate\n`).join('')}`,
  );
  const head = `checktimeout=10
checkinterval=3
quiescent=no
logfile="${DIRECTORY}/ldirectord.messages"
`;
  const file = configure('ldirectord.cf', `${head}${services.join('')}`);
  return start({ host, program: 'ldirectord', args: ['-d', file, 'start'], name: 'ldirectord' });
}

/** Programs with the names of the original's daemons, and what those would have made in the kernel. */
export async function startOriginal(
  host: Namespace,
  { address, ports, servers }: IncumbentService,
): Promise<RunningIncumbent> {
  mkdirSync(DIRECTORY, { recursive: true });
  host.ip(`addr add ${address}/24 broadcast + dev eth0 label eth0:1`);
  for (const port of ports) {
    host.exec('ipvsadm', '-A', '-t', `${address}:${port}`, '-s', 'rr');
    for (const name of servers) {
      const server = `${addressOf(name, 'public')}:${port}`;
      host.exec('ipvsadm', '-a', '-t', `${address}:${port}`, '-r', server, '-g', '-w', '1');
    }
  }
  const [pulse, ...others] = ['pulse', 'lvsd', 'nanny'].map((name) => {
    const program = `${DIRECTORY}/${name}`;
    copyFileSync('/bin/sleep', program);
    return start({ host, program, args: ['3600'], name });
  });
  await until('the original', () => pulse?.isAlive());
  return {
    isAlive: () => [pulse, ...others].some((one) => one?.isAlive()),
    kill: () => {
      for (const one of [pulse, ...others]) one?.kill();
    },
    lastLines: () => '',
  };
}
