import type { WitnessConfig } from '@piranha/config';
import type { WitnessStatus } from '@piranha/protocol';
import type { ProbeState } from './probe.js';
import { answeringText } from './views.js';

type WitnessTargetStatus = WitnessStatus['targets'][number];

function targetStatus(name: string, state: ProbeState, nowMs: number): WitnessTargetStatus {
  const { reach, proof, asked, answered, problem } = state;
  return {
    name,
    reach,
    ...(proof === undefined
      ? {}
      : { roundTripMs: proof.answeredMs - proof.sentMs, answeredAgoMs: nowMs - proof.answeredMs }),
    asked,
    answered,
    ...(problem === undefined ? {} : { problem }),
  };
}

/** What the witnesses of a node are at; `probes` in the order of the configuration. */
export function witnessStatus(
  config: Pick<WitnessConfig, 'policy' | 'quorum' | 'targets'>,
  probes: readonly ProbeState[],
  nowMs: number,
): WitnessStatus {
  const { policy, quorum, targets } = config;
  const isEnough = probes.filter(({ reach }) => reach === 'reachable').length >= quorum;
  const follows =
    isEnough || policy === 'advise'
      ? ''
      : ': no witness, no takeover; a partner that dies now is not replaced by this node';
  return {
    policy,
    quorum,
    isEnough,
    text: `${answeringText(probes)}, ${quorum} needed${follows}`,
    targets: targets.flatMap(({ name }, index) => {
      const state = probes[index];
      return state === undefined ? [] : [targetStatus(name, state, nowMs)];
    }),
  };
}
