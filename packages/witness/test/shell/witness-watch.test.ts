import { monotonicNowMs } from '@piranha/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type WitnessChange, WitnessWatch } from '../../src/shell/witness-watch.js';
import { closedPort, config, Host, http, tcp } from '../support/hosts.js';

const WAIT = { timeout: 20_000, interval: 5 };

describe('the watch over witnesses', () => {
  const hosts: Host[] = [];
  const watches: WitnessWatch[] = [];
  const changes: WitnessChange[] = [];

  const hostOf = async (opening: Promise<Host>): Promise<Host> => {
    const host = await opening;
    hosts.push(host);
    return host;
  };
  const watchOf = (...words: Parameters<typeof config>): WitnessWatch => {
    const watch = new WitnessWatch({
      config: config(...words),
      onChange: (change) => void changes.push(change),
    });
    watches.push(watch);
    watch.start();
    return watch;
  };

  afterEach(async () => {
    for (const watch of watches.splice(0)) watch.stop();
    for (const host of hosts.splice(0)) await host.close();
    changes.length = 0;
  });

  it('knows nothing at first, then that it answers', async () => {
    const host = await hostOf(Host.tcp());
    const watch = watchOf([tcp(host.port)]);
    const startMs = monotonicNowMs() - 1_000;
    expect(watch.freshProof(startMs)).toBe(false);
    expect(watch.status()).toMatchObject({ isEnough: false, targets: [{ reach: 'unknown', answered: 0 }] });
    await vi.waitFor(() => expect(watch.freshProof(startMs)).toBe(true), WAIT);
    expect(watch.lastProofMs()).toBeGreaterThan(startMs);
    expect(watch.status()).toMatchObject({
      isEnough: true,
      text: 'the witness answers, 1 needed',
      targets: [{ reach: 'reachable', roundTripMs: expect.any(Number) }],
    });
    expect(changes).toEqual([{ name: `tcp 127.0.0.2:${host.port}`, reach: 'reachable', problem: undefined }]);
  });

  it('tells when a witness is lost and when it is back', async () => {
    const port = await closedPort();
    const watch = watchOf([tcp(port)]);
    await vi.waitFor(() => expect(changes).toHaveLength(1), WAIT);
    expect(changes[0]).toMatchObject({ reach: 'unreachable', problem: 'ECONNREFUSED' });
    expect(watch.status()?.text).toContain('no witness, no takeover');
    expect(watch.mayTake({ lastHeardMs: monotonicNowMs() - 10_000, isOff: false }).verdict).toBe('no');
    await hostOf(Host.tcp(port));
    await vi.waitFor(() => expect(changes.at(-1)?.reach).toBe('reachable'), WAIT);
  });

  it('asks at once when told, however rare its questions are', async () => {
    const host = await hostOf(Host.tcp());
    const watch = watchOf([tcp(host.port)], { intervalMs: 60_000, takeAfterMs: 100 });
    await vi.waitFor(() => expect(watch.status()?.isEnough).toBe(true), WAIT);
    const heardMs = monotonicNowMs();
    expect(watch.freshProof(heardMs)).toBe(false);
    for (let count = 0; count < 5; count += 1) watch.askNow(heardMs);
    await vi.waitFor(() => expect(watch.freshProof(heardMs)).toBe(true), WAIT);
    expect(watch.status()?.targets[0]).toMatchObject({ asked: 2, answered: 2 });
    expect(host.connections.count).toBe(2);
    await vi.waitFor(() => {
      expect(watch.mayTake({ lastHeardMs: heardMs, isOff: false })).toMatchObject({
        verdict: 'yes',
        isBlind: false,
      });
    }, WAIT);
  });

  it('wakes a decision that waits', async () => {
    const host = await hostOf(Host.tcp());
    const onNews = vi.fn();
    const watch = new WitnessWatch({ config: config([tcp(host.port)]), onChange: () => undefined, onNews });
    watches.push(watch);
    watch.start();
    await vi.waitFor(() => expect(onNews.mock.calls.length).toBeGreaterThan(2), WAIT);
  });

  it('counts a host that takes connections and says nothing as lost', async () => {
    const host = await hostOf(Host.http());
    watchOf([http(host.port, '/silent')]);
    await vi.waitFor(() => expect(changes).toHaveLength(1), WAIT);
    expect(changes[0]).toMatchObject({ reach: 'unreachable', problem: 'no answer within 50 ms' });
  });

  it('lets go when every witness is silent, and not before', async () => {
    const host = await hostOf(Host.tcp());
    const watch = watchOf([tcp(host.port), tcp(await closedPort())], { quorum: 2 });
    const startMs = monotonicNowMs();
    const partner = { lastHeardMs: startMs - 10_000, isOff: false };
    expect(watch.mustLetGo(partner, startMs).verdict).toBe('wait');
    await vi.waitFor(() => expect(watch.mustLetGo(partner, startMs).verdict).toBe('yes'), WAIT);
    expect(monotonicNowMs() - startMs).toBeGreaterThanOrEqual(500);
    expect(watch.mustLetGo({ ...partner, lastHeardMs: monotonicNowMs() }, startMs).verdict).toBe('wait');
  });

  it('asks nobody after its stop', async () => {
    const host = await hostOf(Host.tcp());
    const watch = watchOf([tcp(host.port)]);
    await vi.waitFor(() => expect(host.connections.count).toBeGreaterThan(0), WAIT);
    watch.stop();
    watch.stop();
    watch.askNow(monotonicNowMs());
    expect(watch.status()?.targets).toMatchObject([{ reach: 'unknown' }]);
    const partner = { lastHeardMs: monotonicNowMs() - 10_000, isOff: false };
    expect(watch.mayTake(partner).verdict).toBe('wait');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { count } = host.connections;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(host.connections.count).toBe(count);
  });

  it('is out of the way where there are no witnesses', () => {
    const watch = watchOf([]);
    const partner = { lastHeardMs: 0, isOff: false };
    expect(watch.status()).toBeUndefined();
    expect(watch.mayTake(partner)).toMatchObject({ verdict: 'yes', isBlind: false });
    expect(watch.mustLetGo(partner, 0).verdict).toBe('no');
  });
});
