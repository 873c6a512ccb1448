/** How many real services there are, and how many of them may have a nanny of their own. */
export interface ProbesShape {
  readonly services: number;
  readonly nannyProcesses: number;
}

const SERVERS_OF_A_SERVICE = 100;

/** Real servers have an address each; one process serves them all. */
function server(index: number): string {
  const address = `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
  return `  server s${index} {\n    address = ${address}\n    active = 1\n  }`;
}

/** An lvs.cf with virtual servers of 100 real servers each, a bare connect to each of them once a second. */
export function lvsCf({ services, nannyProcesses }: ProbesShape, port: number): string {
  const blocks: string[] = [];
  for (let first = 0; first < services; first += SERVERS_OF_A_SERVICE) {
    const count = Math.min(SERVERS_OF_A_SERVICE, services - first);
    const servers = Array.from({ length: count }, (_, index) => server(first + index));
    const number = first / SERVERS_OF_A_SERVICE;
    blocks.push(`virtual v${number} {
  active = 1
  address = 10.${number >> 8}.${number & 255}.1 lo:1
  port = ${port}
  scheduler = rr
  timeout = 1
  reentry = 1
${servers.join('\n')}
}`);
  }
  const head = `primary = 127.0.0.2\nservice = lvs\nnetwork = nat\nnanny_processes = ${nannyProcesses}`;
  return [head, ...blocks, ''].join('\n');
}
