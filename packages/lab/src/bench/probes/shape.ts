/** How many real services there are, and how many of them may have a nanny of their own. */
export interface ProbesShape {
  readonly services: number;
  readonly nannyProcesses: number;
}

const SERVERS_OF_A_SERVICE = 100;

/** The address of real server number `index`, from 0: each has its own, and one process serves them all. */
export function loopbackAddress(index: number): string {
  return `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
}

/** A virtual server of one port with real servers by their addresses, and a bare connect to each once a second. */
function virtualBlock(name: string, vip: string, port: number, servers: readonly string[]): string {
  const blocks = servers.map(
    (address, index) => `  server s${index} {\n    address = ${address}\n    active = 1\n  }\n`,
  );
  return `virtual ${name} {
  active = 1
  address = ${vip}
  port = ${port}
  scheduler = rr
  timeout = 1
  reentry = 1
${blocks.join('')}}
`;
}

function head(primary: string, nannyProcesses: number): string {
  return `primary = ${primary}\nservice = lvs\nnetwork = nat\nnanny_processes = ${nannyProcesses}\n`;
}

/** An lvs.cf with virtual servers of 100 real servers each, a bare connect to each of them once a second. */
export function lvsCf({ services, nannyProcesses }: ProbesShape, port: number): string {
  const blocks: string[] = [];
  for (let first = 0; first < services; first += SERVERS_OF_A_SERVICE) {
    const count = Math.min(SERVERS_OF_A_SERVICE, services - first);
    const servers = Array.from({ length: count }, (_, index) => loopbackAddress(first + index));
    const number = first / SERVERS_OF_A_SERVICE;
    const vip = `10.${number >> 8}.${number & 255}.1 lo:${number}`;
    blocks.push(virtualBlock(`v${number}`, vip, port, servers));
  }
  return head('127.0.0.2', nannyProcesses) + blocks.join('');
}

/** So many addresses of real servers in 10.1.0.0/16. */
export function eachServer(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
}

/** One virtual server with so many real servers, a bare connect to each once a second, by shared nannies. */
export function labLvsCf(count: number, port: number): string {
  return head('10.0.0.1', 0) + virtualBlock('web', '10.0.0.9 lo:1', port, eachServer(count));
}
