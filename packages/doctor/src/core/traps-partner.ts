import { SUITE_VERSION } from '@piranha/common';
import type { WitnessAnswer } from '@piranha/witness';
import { error, type Trap, warning } from './trap.js';

/** Traps in what the daemons say of themselves and of the partner. */

/** Beats that may be missing before it is told. */
const LATE_BEATS = 2;

const silent: Trap = {
  code: 'DOCTOR_PARTNER_SILENT',
  title: 'a partner that is not heard on any path cannot take over',
  look: ({ pulse }) =>
    pulse?.partner === 'silent'
      ? [
          error(
            `nothing was heard from ${pulse.paths.map(({ partner }) => partner).join(' or ')} for ${pulse.deadtimeMs / 1_000} s`,
            'is pulse up there? lvsctl doctor on the partner',
          ),
        ]
      : [],
};

const late: Trap = {
  code: 'DOCTOR_BEATS_LATE',
  title: 'heartbeats of the partner are missing on a path',
  look: ({ pulse }) => {
    if (pulse === undefined || pulse.partner === 'none' || pulse.partner === 'silent') return [];
    const limitMs = LATE_BEATS * pulse.keepaliveMs;
    return pulse.paths.flatMap(({ name, local, partner, silentMs }) => {
      if (silentMs !== undefined && silentMs <= limitMs) return [];
      const since = silentMs === undefined ? 'never' : `not for ${(silentMs / 1_000).toFixed(1)} s`;
      const evidence = `${name} path, ${local} to ${partner}: the partner was heard ${since}`;
      return [warning(evidence, `is that path up? tcpdump udp and host ${partner}`)];
    });
  },
};

const roles: Trap = {
  code: 'DOCTOR_ROLES',
  title: 'both directors serve, or none of them',
  notInLab: 'directors that hear each other end it within a heartbeat',
  look: ({ pulse }) => {
    const remedy = 'lvsctl status on both directors, and their logs';
    if (pulse?.state === 'active' && pulse.partner === 'running') {
      return [error('this director serves, and the partner says that it does too', remedy)];
    }
    if (pulse?.state === 'standby' && pulse.partner === 'stopped') {
      return [error('this director stands by, and the partner says that it does too', remedy)];
    }
    return [];
  },
};

const table: Trap = {
  code: 'DOCTOR_TABLE',
  title: 'the table is not what lvsd wants it to be',
  look: ({ lvsd }) =>
    (lvsd?.problems ?? []).map((problem) => error(problem, 'lvsctl status, and the log of lvsd')),
};

const witness: Trap = {
  code: 'DOCTOR_WITNESS',
  title: 'a witness does not answer, or too late: it cannot decide about a takeover',
  notInLab: 'its network has no third host to ask',
  look: ({ configuration, witnesses = [] }) => {
    const { quorum, policy, intervalMs } = configuration.witness;
    const isMissing = ({ roundTripMs = Infinity }: WitnessAnswer): boolean => roundTripMs > intervalMs;
    const isEnough = witnesses.filter((one) => !isMissing(one)).length >= quorum;
    const tell = isEnough || policy === 'advise' ? warning : error;
    const follows = isEnough
      ? ''
      : policy === 'require'
        ? ': too few are left, this director will not take over'
        : ': too few are left, this director will take over without knowing more';
    return witnesses.filter(isMissing).map(({ name, roundTripMs, problem }) => {
      if (roundTripMs === undefined) {
        return tell(`${name}: ${problem ?? 'no answer'}${follows}`, 'name hosts that answer: lvsctl witness');
      }
      const evidence = `${name}: answered after ${Math.ceil(roundTripMs)} ms, witness_interval is ${intervalMs} ms`;
      return tell(`${evidence}${follows}`, 'a longer witness_interval, and for require a longer deadtime');
    });
  },
};

const NO_SSH = 'its directors have no ssh between them';

const otherFile: Trap = {
  code: 'DOCTOR_PARTNER_FILE',
  title: 'the partner has another lvs.cf: after a failover another service is served',
  notInLab: NO_SSH,
  look: ({ partner }) =>
    partner?.difference === undefined
      ? []
      : [
          error(
            `${partner.path} of ${partner.host}: ${partner.difference}`,
            `copy the right one to the other director, lvsctl check it there, and reload both`,
          ),
        ],
};

const otherVersion: Trap = {
  code: 'DOCTOR_PARTNER_VERSION',
  title: 'the partner runs another version',
  notInLab: NO_SSH,
  look: ({ partner }) =>
    partner?.version === undefined || partner.version === SUITE_VERSION
      ? []
      : [
          warning(
            `${partner.host} has ${partner.version}, this director ${SUITE_VERSION}`,
            'an update belongs on both, the standby first: lvsctl restart',
          ),
        ],
};

export const PARTNER_TRAPS: readonly Trap[] = [silent, late, roles, otherFile, otherVersion, witness, table];
