import type { CheckOutcome } from '../../../src/check.js';
import { createCheck } from '../../../src/shell/checks/registry.js';
import type { RunningServer } from '../bad-servers.js';
import type { ZooKind } from './kinds.js';
import type { Animal } from './servers.js';
import { expectationsOf, isTimedOut, planOf } from './suite.js';

const HANG_LIMIT_MS = 60;
const PATIENT_LIMIT_MS = 60_000;
const CANCEL_AFTER_MS = 20;

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
  readonly ok: boolean;
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
      if (ok !== visit.ok) throw new Error(`${visit.name}: ${reason}`);
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

async function zooVisit(kind: ZooKind, name: string, open: Animal): Promise<Visit> {
  const expected = expectationsOf(kind.name)[name] ?? '';
  const server = await open(kind.manners);
  const hangs = isTimedOut(name, expected);
  const options = { ...kind.options, ...server.options };
  const check = await createCheck(planOf(options, server.target, hangs ? HANG_LIMIT_MS : PATIENT_LIMIT_MS));
  return { name, ok: expected === 'up', hangs, server, run: (signal) => check.run({ signal }) };
}

/** A kind at every server of the zoo. */
export function zooSubject(kind: ZooKind, rounds: number): Subject {
  const { name: title, animals } = kind;
  const visits = () => Object.entries(animals).map(([name, open]) => zooVisit(kind, name, open));
  return { title, rounds, open: async () => tourOf(await Promise.all(visits())) };
}
