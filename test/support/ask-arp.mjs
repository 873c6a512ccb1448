// Asks on DEVICE by ARP who has each ADDRESS, and last who has LAST, which must answer. Prints those that answered as
// JSON when LAST did: on a cable the answers come in the order of the questions.
import { Announcer, watchArp } from '@piranha/net';

const [device, last, ...addresses] = process.argv.slice(2);
const asked = [...addresses, last].map((address) => ({ address, interface: device }));
const answered = new Set();
const announcer = new Announcer();
const watch = watchArp(
  device,
  ({ operation, senderAddress }) => {
    if (operation === 2) answered.add(senderAddress);
    if (answered.has(last)) end();
  },
  (error) => {
    throw error;
  },
);
const timer = setInterval(ask, 500);
ask();

function ask() {
  for (const entry of asked) for (const problem of announcer.probe([entry])) throw new Error(problem);
}

function end() {
  clearInterval(timer);
  watch.close();
  announcer.close();
  console.log(JSON.stringify([...answered].filter((address) => address !== last)));
}
