import { createServer } from 'node:http';

/** One of the demo's real servers, a process of its own: `web-server.js ADDRESS PORT NAME`. */
const [address = '127.0.0.1', port = '0', name = 'server'] = process.argv.slice(2);
const SLOWEST_MS = 5_000;

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://demo');
  const waitMs = Math.min(SLOWEST_MS, Number(url.searchParams.get('ms') ?? 0) || 0);
  setTimeout(() => {
    response.setHeader('connection', 'close');
    response.end(`${name}\n`);
  }, waitMs);
});
server.listen(Number(port), address, () => process.stdout.write('ready\n'));
// The demo's end is ours.
process.on('disconnect', () => process.exit(0));
