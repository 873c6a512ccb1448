import type { LvsConfiguration } from '@piranha/config';
import type { TableTimeouts } from '@piranha/ipvs';

/** The idle timeouts that a configuration asks for; undefined when it leaves all as they are. */
export function timeoutsOf(configuration: LvsConfiguration): TableTimeouts | undefined {
  const { tcpTimeoutSeconds, tcpFinTimeoutSeconds, udpTimeoutSeconds } = configuration;
  if (tcpTimeoutSeconds === 0 && tcpFinTimeoutSeconds === 0 && udpTimeoutSeconds === 0) return undefined;
  return {
    tcpSeconds: tcpTimeoutSeconds,
    tcpFinSeconds: tcpFinTimeoutSeconds,
    udpSeconds: udpTimeoutSeconds,
  };
}

/** True when a reload has to set the timeouts again. */
export function timeoutsDiffer(before: LvsConfiguration, after: LvsConfiguration): boolean {
  return (
    before.tcpTimeoutSeconds !== after.tcpTimeoutSeconds ||
    before.tcpFinTimeoutSeconds !== after.tcpFinTimeoutSeconds ||
    before.udpTimeoutSeconds !== after.udpTimeoutSeconds
  );
}
