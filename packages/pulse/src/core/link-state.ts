import { canonicalAddress, type InterfaceAddress, type NetworkLink } from '@piranha/net';

/** A link that was lost, in the original's words. */
export type LinkProblem = 'Primary NIC: link down' | 'Private NIC: link down';

/** What monitor_links looks at. */
export interface LinkSituation {
  readonly links: readonly NetworkLink[];
  readonly addresses: readonly InterfaceAddress[];
  /** This node's own address, as lvs.cf has it. */
  readonly publicAddress: string | undefined;
  readonly privateAddress: string | undefined;
}

/**
 * True while an interface can carry traffic. Its own state says all: a bond is up while one of its slaves is, a VLAN
 * while the device below is, a bridge while one of its ports is, and the kernel passes that on.
 */
export function isLinkUp({ isUp, hasCarrier, operationalState }: NetworkLink): boolean {
  if (!isUp || !hasCarrier) return false;
  return !['down', 'lowerlayerdown', 'notpresent'].includes(operationalState);
}

/** The lost links of this node. An address that is on no interface counts as up, as the original has it. */
export function linkProblems(situation: LinkSituation): readonly LinkProblem[] {
  const problems: LinkProblem[] = [];
  if (isLost(situation, situation.publicAddress)) problems.push('Primary NIC: link down');
  if (isLost(situation, situation.privateAddress)) problems.push('Private NIC: link down');
  return problems;
}

function isLost({ links, addresses }: LinkSituation, text: string | undefined): boolean {
  const address = text === undefined ? undefined : canonicalAddress(text);
  if (address === undefined) return false;
  const holders = links.filter(({ index }) =>
    addresses.some((present) => present.index === index && present.address === address),
  );
  return holders.length > 0 && !holders.some(isLinkUp);
}
