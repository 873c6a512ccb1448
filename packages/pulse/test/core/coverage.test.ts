import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConnectionEntry } from '../../src/core/connections.js';
import { type Coverage, CoverageCounter, listeningSeconds, moveCostText } from '../../src/core/coverage.js';

const TIMEOUTS = { tcpSeconds: 900, udpSeconds: 300 };

function connection(change: Partial<ConnectionEntry> = {}): ConnectionEntry {
  return { protocol: 'TCP', state: 'ESTABLISHED', expiresSeconds: 900, origin: 'LOCAL', ...change };
}

function coverageOf(heardSeconds: number | undefined, ...connections: readonly ConnectionEntry[]): Coverage {
  const counter = new CoverageCounter(TIMEOUTS, heardSeconds);
  for (const one of connections) counter.add(one);
  return counter.coverage();
}

describe('how long the partner has been there', () => {
  it('is no longer than it says that it has listened, where it says so', () => {
    expect(listeningSeconds(100, [undefined])).toBe(100);
    expect(listeningSeconds(100, [{ listenedSeconds: 7 }])).toBe(7);
    expect(listeningSeconds(5, [{ listenedSeconds: 7 }])).toBe(5);
    expect(listeningSeconds(100, [{ listenedSeconds: 0 }, {}])).toBe(0);
    expect(listeningSeconds(undefined, [{ listenedSeconds: 7 }])).toBeUndefined();
  });

  it('may be longer than a beat can say', () => {
    expect(listeningSeconds(1e6, [{ listenedSeconds: 86_400 }])).toBe(1e6);
  });
});

describe('what the partner knows', () => {
  it('is a connection with a packet later than the refresh period after the partner came', () => {
    const busy = connection({ expiresSeconds: 895 });
    const idle = connection({ expiresSeconds: 840 });
    expect(coverageOf(20, busy, idle)).toEqual({ total: 2, known: 1, idleSeconds: 60 });
    expect(coverageOf(70, busy, idle)).toEqual({ total: 2, known: 2, idleSeconds: undefined });
    expect(coverageOf(69, busy, idle)).toMatchObject({ known: 1 });
  });

  it('is nothing while the partner is silent, or came a moment ago', () => {
    expect(coverageOf(undefined, connection())).toMatchObject({ total: 1, known: 0 });
    expect(coverageOf(9, connection())).toMatchObject({ total: 1, known: 0 });
  });

  it('counts UDP by its own timeout, and no connection that ends or opens', () => {
    const udp = connection({ protocol: 'UDP', state: 'UDP', expiresSeconds: 295 });
    const others = ['FIN_WAIT', 'SYN_RECV', 'NONE', 'TIME_WAIT'].map((state) => connection({ state }));
    expect(coverageOf(100, udp, ...others)).toEqual({ total: 1, known: 1, idleSeconds: undefined });
  });

  it('never grows with idleness and never falls while the partner stays', () => {
    const seconds = fc.integer({ min: 0, max: 900 });
    fc.assert(
      fc.property(seconds, seconds, seconds, (expiresSeconds, heard, longer) => {
        const known = (left: number, since: number): number =>
          coverageOf(since, connection({ expiresSeconds: left })).known;
        expect(known(expiresSeconds, heard + longer)).toBeGreaterThanOrEqual(known(expiresSeconds, heard));
        expect(known(Math.min(900, expiresSeconds + longer), heard)).toBeGreaterThanOrEqual(
          known(expiresSeconds, heard),
        );
      }),
    );
  });
});

describe('what a move costs', () => {
  it('is told where the partner may miss something', () => {
    expect(moveCostText({ total: 5, known: 5 })).toBeUndefined();
    expect(moveCostText({ total: 5, known: 3, idleSeconds: 41 })).toBe(
      '2 of 5 connections may be cut: the partner may not know them (idle for up to 41 s)',
    );
  });
});
