import { virtualAddressesOf } from '@piranha/addresses';
import { type LvsConfiguration, usesNat } from '@piranha/config';
import type { GuardTargets } from './guard-rules.js';
import type { TakeoverSettings } from './takeover.js';

/** What the takeover takes from a configuration. `hasIpvs`: the kernel forwards. */
export function takeoverSettings(configuration: LvsConfiguration, hasIpvs: boolean): TakeoverSettings {
  const { failoverState, syncInterface, syncId, resetGuard, manageSysctls } = configuration;
  const forwardsNat = usesNat(configuration);
  const settings = { failoverState, syncInterface, syncId, resetGuard, manageSysctls, hasIpvs, forwardsNat };
  return configuration.vipGroups === undefined ? settings : { ...settings, bothSides: true };
}

/** What the reset guard holds back: resets from the VIPs, and replies of NAT's real servers that nobody translated. */
export function guardTargetsOf(configuration: LvsConfiguration): GuardTargets {
  const services = configuration.virtualServers.filter(({ active }) => active);
  return {
    vips: virtualAddressesOf(configuration).map(({ address }) => address),
    natServers: services
      .filter(({ protocol }) => protocol === 'tcp')
      .flatMap(({ servers }) => servers)
      .filter(({ active, forwarding, port }) => active && forwarding === 'nat' && port > 0)
      .map(({ address, port }) => ({ address, port })),
  };
}
