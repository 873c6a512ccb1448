// Connects to HOST PORT and prints the peer's address, or the code of the error; holds the connection while its
// standard input is open.
import { connect } from 'node:net';

const [host, port] = process.argv.slice(2);
const socket = connect({ host, port: Number(port), timeout: 15_000 });
socket.on('connect', () => console.log(`connected ${socket.remoteAddress}`));
socket.on('timeout', () => socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
socket.on('error', ({ code }) => console.log(code));
socket.on('close', () => process.exit(0));
process.stdin.resume();
process.stdin.on('end', () => socket.destroy());
