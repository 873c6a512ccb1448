// Runs within one network namespace and does what each line of its standard input, a JSON array, asks for:
// ["guard", "prepare" | "on" | "off" | "clean", argument], ["sysctl", "read" | "write" | "restore", ...],
// ["connect", address, port], ["listen", address]. Prints the answer as one JSON line.
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { ResetGuard } from '../../packages/pulse/dist/takeover/reset-guard.js';
import { Sysctls } from '../../packages/pulse/dist/takeover/sysctls.js';

const SILENCE_MS = 1_000;
const [recordFile = ''] = process.argv.slice(2);
let guard = new ResetGuard();
const problems = [];

function openSysctls() {
  return new Sysctls({
    recordFile,
    onProblem: (problem) => problems.push(problem),
    managed: ['net.ipv4.ip_default_ttl', 'net.ipv4.ip_local_port_range', 'net.ipv4.vs.backup_only'],
    watched: ['net.ipv4.ip_forward'],
  });
}

const commands = {
  guard: async (what, argument) => {
    if (what === 'open') guard = new ResetGuard(argument);
    else return (await guard[what](argument)) ?? null;
    return null;
  },
  sysctl: async (what, ...args) => {
    const sysctls = openSysctls();
    const answer = sysctls[what](...args);
    return what === 'read' ? { values: Object.fromEntries(answer), problems: problems.splice(0) } : null;
  },
  connect: (address, port) =>
    new Promise((resolve) => {
      const socket = connect({ host: address, port });
      const end = (answer) => {
        clearTimeout(timer);
        socket.destroy();
        resolve(answer);
      };
      const timer = setTimeout(() => end('silent'), SILENCE_MS);
      socket.on('connect', () => end('connected'));
      socket.on('error', (error) => end(error.code));
    }),
  listen: (address) =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => socket.on('error', () => socket.destroy()).resume());
      server.on('error', reject);
      server.listen(0, address, () => resolve(server.address().port));
    }),
};

console.log('"ready"');
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...args] = JSON.parse(line);
  try {
    console.log(JSON.stringify(await commands[name](...args)));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.message) }));
  }
}
process.exit(0);
