import { asksByArp, type Examined, effectiveSetting, type Finding, problem } from './finding.js';
import { isIpv4, isSilent } from './needs.js';

/** Whether neighbours would be told that the VIPs are here. */
export function arpFindings({ wanted, seen }: Examined): readonly Finding[] {
  const vips = wanted.vips.filter(isIpv4).map(({ address }) => address);
  const loud = vips.filter((address) => !seen.arpTable?.includes(address));
  const links = seen.links.filter((link) => link.isUp && asksByArp(link));
  return links.flatMap(({ name }) => {
    const ignore = effectiveSetting(seen, name, 'arp_ignore');
    const announce = effectiveSetting(seen, name, 'arp_announce');
    const findings: Finding[] = [];
    if (loud.length > 0 && !isSilent(ignore.value)) {
      const text = `ARP for ${listed(loud)} is answered on ${name}: this machine takes what belongs to the director`;
      const remedy =
        ignore.value > 2
          ? 'sysctl -w net/ipv4/conf/INTERFACE/arp_ignore=1 where it is larger than 2'
          : 'sysctl -w net.ipv4.conf.all.arp_ignore=1, or lvs-realserver start';
      findings.push(problem('ARP_ANSWERED', text, ignore.evidence, remedy));
    }
    if (vips.length > 0 && announce.value < 2) {
      const text = `requests of ${name} may name ${listed(vips)} as the one who asks: neighbours then believe that it is here`;
      const remedy = 'sysctl -w net.ipv4.conf.all.arp_announce=2, or lvs-realserver start';
      findings.push(problem('ARP_ANNOUNCED', text, announce.evidence, remedy));
    }
    return findings;
  });
}

const SHOWN = 3;

function listed(addresses: readonly string[]): string {
  const more = addresses.length - SHOWN;
  return addresses.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
