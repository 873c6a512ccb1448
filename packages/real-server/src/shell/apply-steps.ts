import { writeFileSync } from 'node:fs';
import { errorText, UserError } from '@piranha/common';
import { RouteNetlink } from '@piranha/net';
import { arpTableRemoval, arpTableText } from '../core/arp-table.js';
import { type HeldAddress, prefixLengthOf, type Step } from '../core/model.js';
import { stepText } from '../core/render.js';
import { segmentTableRemoval, segmentTableText } from '../core/segment-table.js';
import { EXIT, failure } from './failure.js';
import { settingFile } from './machine.js';
import { runTool } from './run-tool.js';

const IN_CONTAINER = 'in a container the host has to allow NET_ADMIN and a writable /proc/sys';

/**
 * Makes the steps in their order and stops at the first that fails: a VIP is not added where ARP would be answered.
 * @throws UserError `REALSERVER_FAILED`, `REALSERVER_NOT_PERMITTED`
 */
export function applySteps(steps: readonly Step[], onDone: (step: Step) => void): void {
  const netlink = new RouteNetlink();
  try {
    for (const step of steps) {
      try {
        applyStep(step, netlink);
      } catch (error) {
        throw stepFailed(step, error);
      }
      onDone(step);
    }
  } finally {
    netlink.close();
  }
}

function applyStep(step: Step, netlink: RouteNetlink): void {
  switch (step.type) {
    case 'set-sysctl':
    case 'restore-sysctl':
      writeFileSync(settingFile(step.path), step.value);
      break;
    case 'set-arp-table':
      loadTable(arpTableText(step.vips));
      break;
    case 'remove-arp-table':
      loadTable(arpTableRemoval());
      break;
    case 'set-segment-table':
      loadTable(segmentTableText(step.limit));
      break;
    case 'remove-segment-table':
      loadTable(segmentTableRemoval());
      break;
    case 'link-up':
    case 'link-down':
      netlink.switchLink(indexOf(step.name, netlink), step.type === 'link-up');
      break;
    case 'add-address':
      netlink.addAddress(addressSpec(step.address, netlink));
      break;
    case 'remove-address':
      netlink.deleteAddress(addressSpec(step.address, netlink));
      break;
  }
}

function loadTable(text: string): void {
  const { ok, message } = runTool('nft', ['-f', '-'], text);
  if (!ok) throw new Error(`nft: ${message}`);
}

function addressSpec({ address, interface: name }: HeldAddress, netlink: RouteNetlink) {
  return { ifindex: indexOf(name, netlink), address, prefixLength: prefixLengthOf(address) };
}

function indexOf(name: string, netlink: RouteNetlink): number {
  const link = netlink.links().find((candidate) => candidate.name === name);
  if (link === undefined) throw new Error(`there is no interface ${name}`);
  return link.index;
}

function stepFailed(step: Step, error: unknown): UserError {
  const text = `not done: ${stepText(step)}: ${errorText(error)}`;
  const isDenied = /\b(?:EPERM|EACCES)\b/.test(errorText(error)) && process.getuid?.() !== 0;
  if (isDenied) return notPermitted(text);
  const hints = [
    ...(error instanceof UserError && error.hint !== undefined ? [error.hint] : []),
    ...(/\b(?:EPERM|EACCES|EROFS)\b/.test(errorText(error)) ? [IN_CONTAINER] : []),
    'the record is kept: start again, or stop to undo what was done',
  ];
  return failure('REALSERVER_FAILED', text, hints.join('; '));
}

/** The error for everybody but root. */
export function notPermitted(reason: string): UserError {
  const hint = 'run it as root: it changes addresses and kernel settings';
  return failure('REALSERVER_NOT_PERMITTED', reason, hint, EXIT.privilege);
}
