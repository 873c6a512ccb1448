import type { VirtualServerConfig } from '../model.js';
import { printable } from './diagnostics.js';
import { findIgnoredBlocks } from './duplicates.js';
import { headerPlace, placeIn, type RuleInput, type VirtualView, warnOfChange } from './rules.js';

/** What two blocks of one mark must agree on; a text of what differs, or undefined. */
function markConflict(first: VirtualServerConfig, second: VirtualServerConfig): [string, string] | undefined {
  if (first.scheduler !== second.scheduler) return ['scheduler', 'scheduler'];
  if (first.schedulerFlags.join() !== second.schedulerFlags.join()) {
    return ['scheduler_flags', 'set of scheduler flags'];
  }
  if (first.onePacket !== second.onePacket) return ['ops', 'one-packet scheduling'];
  if (first.persistentSeconds !== second.persistentSeconds) return ['persistent', 'persistence'];
  if (first.persistenceMask !== second.persistenceMask) return ['pmask', 'persistence mask'];
  return undefined;
}

/** What a server has once, in however many blocks of a mark it stands. */
const SERVER_WORDS = [
  ['weight', 'weight'],
  ['forwarding', 'forward'],
  ['upperThreshold', 'upper_threshold'],
  ['lowerThreshold', 'lower_threshold'],
] as const;

function serverConflicts(input: RuleInput, first: VirtualView, second: VirtualView): void {
  const active = first.virtual.servers.filter((server) => server.active);
  const serverOf = new Map(active.map((server) => [server.address, server]));
  for (const { server, block } of second.servers) {
    const same = server.active ? serverOf.get(server.address) : undefined;
    const differing = same && SERVER_WORDS.find(([key]) => same[key] !== server[key]);
    if (!differing) continue;
    const [key, word] = differing;
    const text = `server ${server.address} has ${word} ${server[key]} here, but ${same[key]} in line ${same.line} of the same fwmark`;
    const hint = 'one mark is one service: make them equal';
    input.findings.error('CF_FWMARK_CONFLICT', placeIn(block, word), text, hint);
  }
}

function markRules(input: RuleInput): void {
  const viewsOf = new Map<string, VirtualView[]>();
  for (const view of input.virtuals) {
    const { active, firewallMark, family } = view.virtual;
    if (!active || firewallMark === 0) continue;
    const key = `${firewallMark} ${family}`;
    const earlier = viewsOf.get(key) ?? [];
    viewsOf.set(key, [...earlier, view]);
    const first = earlier[0];
    if (!first) continue;
    const conflict = markConflict(first.virtual, view.virtual);
    if (conflict) {
      const text = `another ${conflict[1]} than in line ${first.virtual.line}, which has the same fwmark ${firewallMark}`;
      const hint = 'one mark is one service: make them equal';
      input.findings.error('CF_FWMARK_CONFLICT', placeIn(view.block, conflict[0]), text, hint);
    } else warnOfChange(input.findings, 'CF_CHANGED_FWMARK_MERGED', placeIn(view.block, 'fwmark'));
    for (const other of earlier) serverConflicts(input, other, view);
  }
}

function ignoredRules({ configuration, virtuals, findings }: RuleInput): void {
  for (const { virtualIndex, serverIndex, earlierLine } of findIgnoredBlocks(configuration)) {
    const view = virtuals[virtualIndex];
    if (!view) continue;
    const block = serverIndex === undefined ? view.block : view.servers[serverIndex]?.block;
    if (!block) continue;
    const name = printable(block.name);
    if (serverIndex === undefined) {
      const text = `virtual '${name}' is ignored: address, port and protocol are those of line ${earlierLine}`;
      findings.warning('CF_DUPLICATE_SERVICE', headerPlace(block), text, 'put all servers into one block');
    } else {
      const text = `server '${name}' is ignored: address and port are those of line ${earlierLine}`;
      findings.warning('CF_DUPLICATE_SERVER', headerPlace(block), text, 'delete one of the blocks');
    }
  }
}

function labelRules({ virtuals, findings }: RuleInput): void {
  const addressOf = new Map<string, string>();
  const seen = new Set<string>();
  for (const { virtual, block } of virtuals) {
    // IPv6 addresses have no labels.
    if (!virtual.active || virtual.family === 6 || !virtual.address?.device.includes(':')) continue;
    const { address, device } = virtual.address;
    // The first block of an address decides about its device.
    if (seen.has(address)) continue;
    seen.add(address);
    if (addressOf.has(device)) warnOfChange(findings, 'CF_CHANGED_SHARED_LABEL', placeIn(block, 'address'));
    else addressOf.set(device, address);
  }
}

function nameRules({ virtuals, findings }: RuleInput): void {
  const lineOf = new Map<string, number>();
  for (const { virtual, block } of virtuals) {
    if (!virtual.active) continue;
    const earlier = lineOf.get(virtual.name);
    if (earlier === undefined) lineOf.set(virtual.name, virtual.line);
    else {
      const text = `the name '${printable(block.name)}' is also that of line ${earlier}: logs cannot tell them apart`;
      findings.warning('CF_DUPLICATE_NAME', headerPlace(block), text, 'give it a name of its own');
    }
  }
}

/** Rules about active virtual servers beside each other. */
export function checkBetween(input: RuleInput): void {
  markRules(input);
  ignoredRules(input);
  labelRules(input);
  nameRules(input);
}
