import {
  BEAT_LIMITS,
  type Beat,
  beatText,
  DUTIES,
  type GroupDuty,
  type HeardNode,
  isBeatText,
} from './beat.js';

/** A beat as JSON with short names; members that this version does not know are passed over. */
export interface WireBeat {
  /** Node. */
  readonly n: string;
  readonly ka: number;
  readonly dt: number;
  readonly p: number;
  readonly g: readonly WireGroup[];
  /** Readiness: table loaded, first verdicts, how long it has listened in percent and seconds, servers up, servers in all. */
  readonly r: {
    readonly t: boolean;
    readonly v: boolean;
    readonly c?: number;
    readonly l?: number;
    readonly u: number;
    readonly s: number;
  };
  readonly f?: string;
  /** lvs.cf: hash and serial. */
  readonly c: { readonly h: string; readonly s: number };
  /** Why: the reason of the last change. */
  readonly w: string;
  /** What is heard of the others. */
  readonly e: readonly WireHeard[];
  /** This path: name, beats sent on it. */
  readonly x?: readonly [string, number];
  /** Said in another one's stead. */
  readonly si?: true;
  readonly bye?: true;
}

interface WireGroup {
  readonly n: string;
  readonly d: GroupDuty['duty'];
  readonly h?: string;
  readonly a?: true;
}

interface WireHeard {
  readonly n: string;
  readonly b: readonly (readonly [string, number])[];
  readonly p?: readonly (readonly [string, number])[];
  /** It serves. */
  readonly v?: true;
}

/** The wire form of a beat: texts made fit, ages rounded, how long was listened rounded down. Nothing is checked. */
export function toWire(beat: Beat): WireBeat {
  const { readiness, configuration, failure, path } = beat;
  const { listenedPercent, listenedSeconds } = readiness;
  return {
    n: beat.node,
    ka: beat.keepaliveMs,
    dt: beat.deadtimeMs,
    p: beat.priority,
    g: beat.groups.map(({ name, duty, heir, asksRelease }) => ({
      n: name,
      d: duty,
      ...(heir === undefined ? {} : { h: heir }),
      ...(asksRelease ? { a: true } : {}),
    })),
    r: {
      t: readiness.tableLoaded,
      v: readiness.firstVerdicts,
      ...(listenedPercent === undefined ? {} : { c: Math.floor(listenedPercent) }),
      ...(listenedSeconds === undefined
        ? {}
        : { l: Math.min(Math.floor(listenedSeconds), BEAT_LIMITS.listenedSeconds) }),
      u: readiness.serversUp,
      s: readiness.serversTotal,
    },
    ...(failure === undefined ? {} : { f: beatText(failure) }),
    c: { h: configuration.hash, s: configuration.serial },
    w: beatText(beat.reason),
    e: beat.hears.map(({ node, boots, paths, serves }) => ({
      n: node,
      b: boots.map(({ boot, sequence }) => [boot, sequence] as const),
      ...(paths === undefined
        ? {}
        : { p: paths.map(({ name, ageMs }) => [name, Math.round(ageMs)] as const) }),
      ...(serves && paths !== undefined ? { v: true as const } : {}),
    })),
    ...(path === undefined ? {} : { x: [path.name, path.sent] as const }),
    ...(beat.standIn ? { si: true } : {}),
    ...(beat.farewell ? { bye: true } : {}),
  };
}

/** The beat of a wire form that was checked. */
export function fromWire(wire: WireBeat): Beat {
  return {
    node: wire.n,
    keepaliveMs: wire.ka,
    deadtimeMs: wire.dt,
    priority: wire.p,
    groups: wire.g.map(groupOf),
    readiness: {
      tableLoaded: wire.r.t,
      firstVerdicts: wire.r.v,
      listenedPercent: wire.r.c,
      listenedSeconds: wire.r.l,
      serversUp: wire.r.u,
      serversTotal: wire.r.s,
    },
    ...(wire.f === undefined ? {} : { failure: wire.f }),
    configuration: { hash: wire.c.h, serial: wire.c.s },
    reason: wire.w,
    hears: wire.e.map(heardOf),
    ...(wire.x === undefined ? {} : { path: { name: wire.x[0], sent: wire.x[1] } }),
    ...(wire.si ? { standIn: true } : {}),
    ...(wire.bye ? { farewell: true } : {}),
  };
}

function groupOf({ n, d, h, a }: WireGroup): GroupDuty {
  return {
    name: n,
    duty: d,
    ...(h === undefined ? {} : { heir: h }),
    ...(a ? { asksRelease: true } : {}),
  };
}

function heardOf({ n, b, p, v }: WireHeard): HeardNode {
  return {
    node: n,
    boots: b.map(([boot, sequence]) => ({ boot, sequence })),
    paths: p?.map(([name, ageMs]) => ({ name, ageMs })),
    ...(v ? { serves: true } : {}),
  };
}

const NAME = /^[A-Za-z0-9._-]{1,63}$/;
const HEX16 = /^[0-9a-f]{16}$/;

const isName = (value: unknown): boolean => typeof value === 'string' && NAME.test(value);
const isHex16 = (value: unknown): boolean => typeof value === 'string' && HEX16.test(value);
const isText = (value: unknown): boolean => typeof value === 'string' && isBeatText(value);
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isAbsentOr = (value: unknown, check: (value: unknown) => boolean): boolean =>
  value === undefined || check(value);

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isPeriod(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= BEAT_LIMITS.periodMs;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown, least: number, most: number): value is readonly unknown[] {
  return Array.isArray(value) && value.length >= least && value.length <= most;
}

/** A pair whose further members a newer partner may have added. */
function isPair(value: unknown, first: (value: unknown) => boolean, least: number, most: number): boolean {
  return isList(value, 2, 8) && first(value[0]) && isWhole(value[1], least, most);
}

function isDistinct(list: readonly unknown[], key: (value: never) => unknown): boolean {
  return list.length < 2 || new Set((list as readonly never[]).map(key)).size === list.length;
}

/** What is wrong with the wire form of a beat; undefined: nothing. Costs no more than a look at each member. */
export function wireProblem(wire: unknown): string | undefined {
  if (!isRecord(wire)) return 'no object';
  if (!isName(wire.n)) return 'node';
  if (!isPeriod(wire.ka)) return 'keepalive';
  if (!isPeriod(wire.dt)) return 'deadtime';
  if (!isWhole(wire.p, 0, 255)) return 'priority';
  if (!isList(wire.g, 0, BEAT_LIMITS.groups) || !wire.g.every(isGroup)) return 'groups';
  if (!isDistinct(wire.g, (group: WireGroup) => group.n)) return 'a group twice';
  if (!isReadiness(wire.r)) return 'readiness';
  if (!isAbsentOr(wire.f, isText)) return 'failure';
  const { c: configuration } = wire;
  if (!isRecord(configuration) || !isHex16(configuration.h)) return 'configuration hash';
  if (!isWhole(configuration.s, 0, 0xffff_ffff)) return 'configuration serial';
  if (!isText(wire.w)) return 'reason';
  if (!isList(wire.e, 0, BEAT_LIMITS.hears) || !wire.e.every(isHeard)) return 'hears';
  if (!isDistinct(wire.e, (heard: WireHeard) => heard.n)) return 'a heard node twice';
  if (!isAbsentOr(wire.x, (path) => isPair(path, isName, 1, Number.MAX_SAFE_INTEGER))) return 'path';
  if (!isAbsentOr(wire.si, isFlag)) return 'stand-in';
  return isAbsentOr(wire.bye, isFlag) ? undefined : 'farewell';
}

function isGroup(value: unknown): boolean {
  return (
    isRecord(value) &&
    isName(value.n) &&
    (DUTIES as readonly unknown[]).includes(value.d) &&
    isAbsentOr(value.h, isName) &&
    isAbsentOr(value.a, isFlag)
  );
}

function isReadiness(value: unknown): boolean {
  return (
    isRecord(value) &&
    isFlag(value.t) &&
    isFlag(value.v) &&
    isAbsentOr(value.c, (percent) => isWhole(percent, 0, 100)) &&
    isAbsentOr(value.l, (seconds) => isWhole(seconds, 0, BEAT_LIMITS.listenedSeconds)) &&
    isWhole(value.s, 0, BEAT_LIMITS.count) &&
    isWhole(value.u, 0, value.s)
  );
}

function isHeard(value: unknown): boolean {
  if (!isRecord(value) || !isName(value.n)) return false;
  const { b: boots, p: paths, v: serves } = value;
  return (
    isAbsentOr(serves, isFlag) &&
    isList(boots, 1, BEAT_LIMITS.boots) &&
    boots.every((boot) => isPair(boot, isHex16, 1, Number.MAX_SAFE_INTEGER)) &&
    isAbsentOr(
      paths,
      (list) =>
        isList(list, 0, BEAT_LIMITS.paths) &&
        list.every((path) => isPair(path, isName, 0, BEAT_LIMITS.count)),
    )
  );
}
