import type { CheckOutcome } from '../../../src/check.js';
import { type CheckOptions, planCheck } from '../../../src/core/check-plan.js';
import { createCheck } from '../../../src/shell/checks/registry.js';
import { type RunningServer, TCP_ZOO, UDP_ZOO } from '../bad-servers.js';
import { type NamelessSpec, planFor } from '../spec-plan.js';
import type { ZooKind } from './kinds.js';
import { expectationsOf, isTimedOut, planOf } from './suite.js';

const HANG_LIMIT_MS = 60;
const PATIENT_LIMIT_MS = 60_000;
const CANCEL_AFTER_MS = 20;
const NOWHERE = { address: '127.0.0.1', port: 1 };

/** Something whose thousands of checks are looked at together. */
export interface Subject {
  readonly title: string;
  /** How often it is checked. */
  readonly rounds: number;
  /** Opens all its servers. */
  open(): Promise<Tour>;
}

/** Servers that are checked in turn. */
interface Tour {
  readonly servers: number;
  /** @throws when a verdict is not the one of its server */
  round(number: number): Promise<void>;
  close(): Promise<void>;
}

interface Visit {
  readonly name: string;
  /** Undefined where this depends on the moment. */
  readonly ok: boolean | undefined;
  readonly hangs: boolean;
  readonly server: RunningServer;
  run(signal: AbortSignal): Promise<CheckOutcome>;
}

function tourOf(visits: readonly Visit[]): Tour {
  return {
    servers: visits.length,
    round: async (number) => {
      const visit = visits[number % visits.length] as Visit;
      const { signal, abort } = abortion();
      // Of those that hang some end by the limit, some because nobody wants to know any more.
      const isCancelled = visit.hangs && Math.floor(number / visits.length) % 2 === 0;
      const timer = isCancelled ? setTimeout(abort, CANCEL_AFTER_MS) : undefined;
      const { ok, reason } = await visit.run(signal);
      clearTimeout(timer);
      if (visit.ok !== undefined && ok !== visit.ok) throw new Error(`${visit.name}: ${reason}`);
    },
    close: async () => {
      await Promise.all(visits.map(({ server }) => server.close()));
    },
  };
}

function abortion(): { readonly signal: AbortSignal; abort(): void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

async function zooVisit({ spec }: ZooKind, name: string, server: RunningServer): Promise<Visit> {
  const expected = expectationsOf(spec.kind)[name] ?? '';
  const hangs = isTimedOut(expected);
  const check = await createCheck(planOf(spec, server.target, hangs ? HANG_LIMIT_MS : PATIENT_LIMIT_MS));
  return { name, ok: expected === 'up', hangs, server, run: (signal) => check.run({ signal }) };
}

/** A kind over TCP at every server of the zoo. */
export function zooSubject(kind: ZooKind, rounds: number): Subject {
  return {
    title: kind.spec.kind,
    rounds,
    open: async () => {
      const visits = Object.entries(kind.animals).map(async ([name, open]) =>
        zooVisit(kind, name, await open(kind.manners)),
      );
      return tourOf(await Promise.all(visits));
    },
  };
}

/** A check without a block at every server of its zoo. */
export function plainSubject(title: string, options: Partial<CheckOptions>, rounds: number): Subject {
  const zoo: Readonly<Record<string, () => Promise<RunningServer>>> = options.udp ? UDP_ZOO : TCP_ZOO;
  const visit = async ([name, open]: [string, () => Promise<RunningServer>]): Promise<Visit> => {
    const server = await open();
    const { plan } = planCheck({
      target: server.target,
      virtualPort: 8080,
      udp: false,
      send: undefined,
      expect: undefined,
      useRegex: false,
      sendProgram: undefined,
      literalBackslashes: false,
      intervalMs: HANG_LIMIT_MS,
      ...options,
    });
    const check = await createCheck(plan);
    return { name, ok: undefined, hangs: true, server, run: (signal) => check.run({ signal }) };
  };
  return { title, rounds, open: async () => tourOf(await Promise.all(Object.entries(zoo).map(visit))) };
}

/** Checks that meet no server of a zoo, by what they do; undefined where the verdict depends on the machine. */
export function lonelySubject(
  title: string,
  specs: readonly (readonly [NamelessSpec, ok: boolean | undefined])[],
  rounds: number,
): Subject {
  const visit = async ([spec, ok]: readonly [NamelessSpec, boolean | undefined]): Promise<Visit> => {
    const hangs = ok === undefined;
    const check = await createCheck(planFor(NOWHERE, spec, hangs ? HANG_LIMIT_MS : PATIENT_LIMIT_MS));
    const server: RunningServer = { target: NOWHERE, close: async () => {} };
    return { name: title, ok, hangs, server, run: (signal) => check.run({ signal }) };
  };
  return { title, rounds, open: async () => tourOf(await Promise.all(specs.map(visit))) };
}
