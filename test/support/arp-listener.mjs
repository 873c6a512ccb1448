// Prints what is heard on an interface as JSON, one packet a line, after a first line `ready`; errors as `error TEXT`.
// Ends when its standard input does.
import { watchArp } from '@piranha/net';

const watch = watchArp(
  process.argv[2],
  (packet) => console.log(JSON.stringify(packet)),
  (error) => console.log(`error ${error.message}`),
);
process.stdin.resume();
process.stdin.on('end', () => watch.close());
console.log('ready');
