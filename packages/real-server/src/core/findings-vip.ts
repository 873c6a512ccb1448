import { asksByArp, type Examined, type Finding, problem } from './finding.js';
import { deviceOf, prefixLengthOf, type WantedVip } from './model.js';

/** Whether each VIP is here, whole, and only where nobody is told of it. */
export function vipFindings(examined: Examined): readonly Finding[] {
  return examined.wanted.vips.flatMap((vip) => findingsOfVip(vip, examined));
}

function findingsOfVip(vip: WantedVip, { seen }: Examined): readonly Finding[] {
  const { address } = vip;
  const remedy = startCommand(vip);
  const places = seen.addresses
    .filter((present) => present.address === address)
    .map((present) => ({ present, link: seen.links.find(({ index }) => index === present.index) }));
  if (places.length === 0) {
    const text = `${address} is not here: packets for it are not taken`;
    return [problem('VIP_MISSING', text, 'no interface has it', remedy)];
  }
  return places.flatMap(({ present, link }) => {
    const name = link?.name ?? `interface ${present.index}`;
    const evidence = `${name} has ${address}/${present.prefixLength}`;
    const findings: Finding[] = [];
    if (link && !link.isUp) {
      findings.push(
        problem('VIP_DEVICE_DOWN', `${name} is switched off`, evidence, `ip link set ${name} up`),
      );
    }
    if (link && asksByArp(link)) {
      const text = `${address} is on a network: neighbours that ask for it are answered`;
      const how = `unless this machine is the active director: ip address del ${address}/${present.prefixLength} dev ${name}`;
      findings.push(problem('VIP_ON_NETWORK', text, evidence, `${how}; ${remedy}`));
    } else if (present.prefixLength !== prefixLengthOf(address)) {
      const text = `the whole subnet of ${address} is taken for this machine's own: none of it is reached from here`;
      const how = `ip address del ${address}/${present.prefixLength} dev ${name}; ${remedy}`;
      findings.push(problem('VIP_SUBNET', text, evidence, how));
    }
    if (present.isTentative || present.hasFailedDad) {
      const text = `${address} is not usable: duplicate detection ${present.hasFailedDad ? 'failed' : 'goes on'}`;
      const how = `ip address del ${address}/${present.prefixLength} dev ${name}; ${remedy}`;
      findings.push(problem('VIP_UNUSABLE', text, evidence, how));
    }
    return findings;
  });
}

/** The command that puts one VIP in order. */
function startCommand(vip: WantedVip): string {
  const method = deviceOf(vip) === 'lo' ? '' : '--method tunnel ';
  return `lvs-realserver start ${method}${vip.address}`;
}
