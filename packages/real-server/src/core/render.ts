import type { Finding } from './finding.js';
import type { Step } from './model.js';
import type { StatusView } from './status.js';

/** A step that was done, as a line. */
export function stepText(step: Step): string {
  switch (step.type) {
    case 'set-sysctl':
      return `${step.path} set to ${step.value}`;
    case 'restore-sysctl':
      return `${step.path} put back to ${step.value}`;
    case 'set-arp-table':
      return `nftables keeps ARP silent for ${step.vips.join(', ')}`;
    case 'remove-arp-table':
      return 'the ARP table of nftables is removed';
    case 'set-segment-table':
      return `nftables limits segments of ${step.limit.vips.join(', ')} by a path MTU of ${step.limit.pathMtuBytes}`;
    case 'remove-segment-table':
      return 'the segment table of nftables is removed';
    case 'link-up':
      return `${step.name} switched on`;
    case 'link-down':
      return `${step.name} switched off`;
    case 'add-address':
      return `${step.address.address} added to ${step.address.interface}`;
    case 'remove-address':
      return `${step.address.address} removed from ${step.address.interface}`;
  }
}

/** The lines of `status`. */
export function statusLines({ state, vips, sysctls, links, ...tables }: StatusView): readonly string[] {
  if (state === 'stopped') return ['stopped'];
  return [
    state,
    ...vips.map(({ address, method, interface: name, holder }) => {
      const words = { ours: `on ${name}`, others: `on ${name}, not by us`, missing: `MISSING on ${name}` };
      return `  ${address} (${method}) ${words[holder]}`;
    }),
    ...sysctls.map(({ path, before, ours, now }) => {
      const changed = now === ours ? '' : `, NOW ${now ?? 'gone'}`;
      return `  ${path} = ${ours}, was ${before}${changed}`;
    }),
    ...links.map(({ name, isUp }) => `  ${name} switched on by us${isUp ? '' : ', NOW off'}`),
    ...tableLine('ARP', tables.arpTable),
    ...tableLine('segment', tables.segmentTable),
  ];
}

function tableLine(name: string, holder: StatusView['arpTable']): readonly string[] {
  return holder === 'none' ? [] : [`  ${name} table of nftables: ${holder === 'ours' ? 'there' : 'MISSING'}`];
}

/** The lines of a finding of `check`. */
export function findingLines({ severity, code, text, evidence, remedy }: Finding): readonly string[] {
  return [`${severity} ${code}: ${text}`, `  seen: ${evidence}`, `  do: ${remedy}`];
}
