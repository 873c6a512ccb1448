import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Director } from './support/director.js';
import { Pair } from './support/pair.js';
import { signal } from './support/processes.js';

/** What a noisy machine may take; the figures themselves are printed. */
const BACK_LIMIT_MS = 10_000;
/** Traffic goes on this long after the process is back: late damage shows too. */
const AFTERMATH_MS = 500;

const FAULTS = ['SIGKILL', 'SIGSTOP'] as const;
type Fault = (typeof FAULTS)[number];

let pair: Pair;

beforeAll(async () => {
  pair = new Pair();
  await pair.start();
});
afterEach(async () => {
  await pair.stopTraffic();
});
afterAll(() => pair?.stop());

/** A process under test: how its pid is found, and when a new one counts as working. */
interface Subject {
  readonly name: string;
  readonly pid: (director: Director) => Promise<number>;
  /** Where the status tells of it afterwards. */
  readonly history: (director: Director) => Promise<readonly string[]>;
  readonly events: Readonly<Record<Fault, RegExp>>;
  /** An event of the new process itself; without one, telling its pid is proof enough. */
  readonly sign?: string;
}

const pulseHistory = async (director: Director) =>
  (await director.pulse()).history.map(({ at, event, text }) => `${at} ${event} ${text}`);
const lvsdHistory = async (director: Director) =>
  (await director.lvsd()).history.map(({ at, event, text }) => `${at} ${event} ${text}`);

/** An adopted daemon is no child of this pulse: its end is seen, but not its signal. */
const CHILD_ENDED = /PULSE_CHILD_(SIGNALLED|LOST)/;

const UNNOTICED: readonly Subject[] = [
  {
    name: 'pulse-worker',
    pid: async (director) => (await director.pulse()).pid,
    history: pulseHistory,
    events: { SIGKILL: /PULSE_ADOPTED/, SIGSTOP: /PULSE_ADOPTED/ },
  },
  {
    name: 'lvsd',
    pid: async (director) => (await director.lvsd()).pid,
    history: pulseHistory,
    events: { SIGKILL: CHILD_ENDED, SIGSTOP: /PULSE_CHILD_KILLED lvsd hangs/ },
  },
  {
    name: 'nanny',
    pid: nannyPid,
    history: lvsdHistory,
    events: { SIGKILL: /LVSD_NANNY_DIED/, SIGSTOP: /LVSD_NANNY_HANGS/ },
    sign: 'NANNY_STARTED',
  },
  {
    name: 'guardian',
    pid: (director) => director.guardianPid(),
    history: pulseHistory,
    events: { SIGKILL: /PULSE_GUARDIAN_REPLACED/, SIGSTOP: /PULSE_CHILD_KILLED guardian hangs/ },
  },
];

async function nannyPid(director: Director): Promise<number> {
  const [service] = (await director.lvsd()).services;
  const pid = service?.servers[0]?.nannyPid;
  if (pid === undefined) throw new Error('the first server has no nanny');
  return pid;
}

/** Sends the signal and measures until a process with another pid answers, ms. */
async function strike(subject: Subject, fault: Fault, director: Director): Promise<number> {
  const pid = await subject.pid(director);
  const before = new Set(await subject.history(director));
  expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toBe('');
  const struckAtMs = performance.now();
  expect(signal(pid, fault)).toBe(true);
  await pair.waitFor(`another ${subject.name} than ${pid}`, async () => {
    if ((await subject.pid(director)) === pid) return false;
    const { sign } = subject;
    return (
      sign === undefined || (await newsOf(subject, director, before)).some((line) => line.includes(sign))
    );
  });
  const backMs = Math.round(performance.now() - struckAtMs);
  await pair.waitFor(`the end of ${subject.name} ${pid}`, () => !isRunning(pid));
  return backMs;
}

async function newsOf(subject: Subject, director: Director, before: ReadonlySet<string>): Promise<string[]> {
  return (await subject.history(director)).filter((line) => !before.has(line));
}

function isRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

describe.each(UNNOTICED)('$name of the active director', (subject) => {
  it.each(FAULTS)('%s: no request fails, the holder stays, it is replaced', async (fault) => {
    const { active, standby } = await pair.settled();
    const before = await active.pulse();
    const eventsBefore = new Set(await subject.history(active));
    const zeroMs = performance.now();
    const traffic = pair.traffic();
    await pause(200);

    const backMs = await strike(subject, fault, active);
    await pause(AFTERMATH_MS);
    await traffic.stop();
    console.info(`${subject.name} ${fault}: another one after ${backMs} ms; ${traffic.requests} requests`);

    expect(traffic.describe(zeroMs)).toBe('');
    expect(traffic.requests).toBeGreaterThan(10);
    expect(backMs).toBeLessThan(BACK_LIMIT_MS);
    expect((await pair.settled()).active.role).toBe(active.role);
    expect((await active.pulse()).since).toBe(before.since);
    expect((await standby.pulse()).active).toBe(false);
    expect(await pair.holders()).toEqual([active.role]);
    const news = await newsOf(subject, active, eventsBefore);
    expect(news.join('\n')).toMatch(subject.events[fault]);
  });
});

describe('a nanny that was replaced', () => {
  it('still notices that its server dies and comes back', async () => {
    const { active } = await pair.settled();
    const health = async () => (await active.lvsd()).services[0]?.servers[0]?.health;
    await pair.stopServer(0);
    await pair.waitFor('the dead server out of service', async () => (await health()) === 'down');
    await pair.startServer(0);
    await pair.waitFor('the revived server in service', async () => (await health()) === 'up');
  });
});

describe('a nanny that hangs while its lvsd dies', () => {
  it('is ended, for the next lvsd cannot know it', async () => {
    const { active } = await pair.settled();
    const [lvsd, nanny] = [(await active.lvsd()).pid, await nannyPid(active)];
    signal(nanny, 'SIGSTOP');
    signal(lvsd, 'SIGKILL');
    await pair.waitFor(`the end of nanny ${nanny}`, () => !isRunning(nanny));
    expect((await pair.settled()).active.role).toBe(active.role);
  });
});

const IPVSU: Subject = {
  name: 'ipvsu',
  pid: async (director) => {
    const ipvsu = (await director.pulse()).children.find(({ name }) => name === 'ipvsu');
    if (ipvsu?.pid === undefined) throw new Error('no ipvsu');
    await director.call(director.files.ipvsuSocket, 'vip.list');
    return ipvsu.pid;
  },
  history: pulseHistory,
  events: { SIGKILL: CHILD_ENDED, SIGSTOP: /PULSE_CHILD_KILLED ipvsu hangs/ },
};

describe('ipvsu of the active director', () => {
  it.each(FAULTS)('%s: service is back soon and then flawless', async (fault) => {
    const { active } = await pair.settled();
    const eventsBefore = new Set(await pulseHistory(active));
    const first = pair.traffic();
    const struckAtMs = performance.now();
    await strike(IPVSU, fault, active);
    const settled = await pair.settled();
    await pause(AFTERMATH_MS);
    await first.stop();
    const cutUntilMs = Math.max(struckAtMs, ...first.failures.map(({ begunAtMs }) => begunAtMs));
    const servedAtMs = first.firstSuccessSince(cutUntilMs) ?? Number.POSITIVE_INFINITY;
    console.info(`ipvsu ${fault}: service back after ${Math.round(servedAtMs - struckAtMs)} ms`);
    expect(servedAtMs - struckAtMs, first.describe(struckAtMs)).toBeLessThan(BACK_LIMIT_MS);

    const zeroMs = performance.now();
    const traffic = pair.traffic();
    await pause(AFTERMATH_MS);
    await traffic.stop();
    expect(traffic.describe(zeroMs)).toBe('');
    expect(traffic.requests).toBeGreaterThan(10);
    expect(await pair.holders()).toEqual([settled.active.role]);
    expect((await newsOf(IPVSU, active, eventsBefore)).join('\n')).toMatch(IPVSU.events[fault]);
  });
});
