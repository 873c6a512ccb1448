import { type ParsedBlock, statementOf } from './parsed.js';
import { headerPlace, placeIn, type RuleInput, type VirtualView, valuePlace } from './rules.js';
import { fitsScheduler } from './scheduler-flags.js';

function schedulerRules({ configuration, findings }: RuleInput, { virtual, block }: VirtualView): void {
  const { scheduler, protocol } = virtual;
  const flags = statementOf(block, 'scheduler_flags');
  const strangers = Array.isArray(flags?.value)
    ? flags.value.filter((flag) => !fitsScheduler(flag, scheduler))
    : [];
  if (flags && strangers.length > 0) {
    const text = `scheduler = ${scheduler} has no flag ${strangers.join(', ')}`;
    const hint = 'sh-port and sh-fallback are for sh, mh-port and mh-fallback for mh';
    findings.error('CF_SCHEDULER_FLAGS', valuePlace(flags), text, hint);
  }
  if (scheduler === 'twos') {
    const text = 'twos is known to Linux 5.12 and newer only';
    findings.warning(
      'CF_SCHEDULER_NEW',
      placeIn(block, 'scheduler'),
      text,
      'look for ip_vs_twos on both directors',
    );
  }
  if (configuration.failoverState === 'hash' && protocol !== 'udp' && scheduler !== 'mh') {
    const text = `failover_state = hash: the other director finds no connection again that ${scheduler} has spread`;
    findings.warning('CF_HASH_SCHEDULER', placeIn(block, 'scheduler'), text, 'write scheduler = mh');
  }
}

function protocolRules({ findings }: RuleInput, { virtual, block }: VirtualView): void {
  if (virtual.onePacket && virtual.protocol !== 'udp') {
    const text = `ops (one-packet scheduling) is for UDP, not for ${virtual.protocol}`;
    findings.error(
      'CF_OPS_PROTOCOL',
      placeIn(block, 'ops'),
      text,
      'write protocol = udp, or delete the line',
    );
  }
  if (virtual.protocol === 'sctp' && virtual.check.sendProgram === undefined) {
    const text = 'servers of an SCTP service are checked with a TCP connection to their port';
    const hint = 'write send_program with a program that checks SCTP';
    findings.warning('CF_SCTP_CHECK', placeIn(block, 'protocol'), text, hint);
  }
}

/** Place of a server's threshold, its own or that of the virtual block. */
function thresholdPlace(block: ParsedBlock, virtualBlock: ParsedBlock) {
  for (const one of [block, virtualBlock]) {
    const statement = statementOf(one, 'lower_threshold') ?? statementOf(one, 'upper_threshold');
    if (statement) return valuePlace(statement);
  }
  return headerPlace(block);
}

function thresholdRules({ findings }: RuleInput, view: VirtualView): void {
  const told = new Set<number>();
  for (const { server, block } of view.servers) {
    const { active, upperThreshold, lowerThreshold } = server;
    if (!active || lowerThreshold === 0 || lowerThreshold < upperThreshold) continue;
    const place = thresholdPlace(block, view.block);
    if (told.has(place.lineIndex)) continue;
    told.add(place.lineIndex);
    const text = `lower_threshold = ${lowerThreshold} is not below upper_threshold = ${upperThreshold}`;
    findings.error('CF_THRESHOLDS', place, text, 'write a lower_threshold that is smaller, or 0');
  }
}

/** Rules about what IPVS can do beyond the original's words, for one active virtual server. */
export function checkKernelWords(input: RuleInput, view: VirtualView): void {
  schedulerRules(input, view);
  protocolRules(input, view);
  thresholdRules(input, view);
}
