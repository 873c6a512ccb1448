// A small real server for the end-to-end tests: answers every request with its own name. Ends with its parent.
import { createServer } from 'node:http';

const [host, port, name] = process.argv.slice(2);
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`${name}\n`);
});
server.listen(Number(port), host, () => process.send?.('ready'));
process.on('disconnect', () => process.exit(0));
