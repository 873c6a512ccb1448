// Announces `DEV=ADDRESS` for each line of its standard input, or probes for `?DEV=ADDRESS`, always with the same
// announcer, and prints the problems of each as a JSON array.
import { createInterface } from 'node:readline';
import { Announcer } from '@piranha/net';

const announcer = new Announcer();
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [device = '', address = ''] = line.replace('?', '').split('=');
  const targets = [{ interface: device, address }];
  console.log(JSON.stringify(line.startsWith('?') ? announcer.probe(targets) : announcer.announce(targets)));
}
announcer.close();
