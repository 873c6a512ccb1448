import type { Examined, Finding } from './finding.js';
import { arpFindings } from './findings-arp.js';
import { serviceFindings } from './findings-service.js';
import { tunnelFindings } from './findings-tunnel.js';
import { vipFindings } from './findings-vip.js';

/** All that keeps this machine from serving as a real server, and what may; problems first. */
export function findingsOf(examined: Examined): readonly Finding[] {
  const all = [
    ...vipFindings(examined),
    ...arpFindings(examined),
    ...tunnelFindings(examined),
    ...serviceFindings(examined),
  ];
  const isProblem = ({ severity }: Finding): boolean => severity === 'problem';
  return [...all.filter(isProblem), ...all.filter((finding) => !isProblem(finding))];
}
