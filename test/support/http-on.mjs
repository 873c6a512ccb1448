// Answers every request with 204 on an address and port: `ready`, then nothing.
import { createServer } from 'node:http';

const [address, port] = process.argv.slice(2);
const server = createServer((_, response) => response.writeHead(204).end());
server.listen(Number(port), address, () => console.log('ready'));
