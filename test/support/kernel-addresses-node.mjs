import { createInterface } from 'node:readline';
import { LinkWatch, RouteNetlink } from '../../packages/net/dist/index.js';
import { linkProblems } from '../../packages/pulse/dist/core/link-state.js';
import { KernelAddresses } from '../../packages/pulse/dist/shell/kernel-addresses.js';

// Does one call per line of JSON, and tells answers, problems, findings and events as lines of JSON.

const tell = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const route = new RouteNetlink();
const watched = new RouteNetlink();
const addresses = new KernelAddresses({
  heldFile: process.argv[2],
  route,
  onProblem: (problem) => tell({ problem }),
  onFinding: (finding) => tell({ finding: finding.type, address: finding.address }),
});
let restoresOnEvents = false;

const watch = new LinkWatch({
  onLink: (link, type) => {
    tell({ event: 'link', type, name: link.name, isUp: link.isUp, hasCarrier: link.hasCarrier });
    if (restoresOnEvents) addresses.restore();
  },
  onAddress: (address, type) => {
    tell({ event: 'address', type, address: address.address });
    if (restoresOnEvents && type === 'removed') addresses.restore();
  },
  onOverflow: () => tell({ event: 'overflow' }),
});

const calls = {
  hold: async (wanted) => {
    const startedAtMs = performance.now();
    const reached = addresses.hold(wanted);
    const heldAtOnce = addresses.held();
    const tookMs = performance.now() - startedAtMs;
    return { reached: await reached, heldAtOnce, tookMs };
  },
  held: () => addresses.held(),
  leftovers: () => addresses.leftovers(),
  restore: () => addresses.restore() ?? true,
  restoreOnEvents: () => {
    restoresOnEvents = true;
    return true;
  },
  links: () => watched.links(),
  addresses: () => watched.addresses(),
  change: (changes) => watched.change(changes),
  add: (spec) => watched.addAddress(spec) ?? true,
  remove: (spec) => watched.deleteAddress(spec) ?? true,
  linkProblems: (own) => linkProblems({ links: watched.links(), addresses: watched.addresses(), ...own }),
};

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { call, value } = JSON.parse(line);
    try {
      tell({ answer: await calls[call](value) });
    } catch (error) {
      tell({ answer: { code: error.code, message: error.message, hint: error.hint } });
    }
  })
  .on('close', () => {
    watch.close();
    watched.close();
    addresses.close();
  });
tell({ answer: 'ready' });
