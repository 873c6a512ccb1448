import { MemoryDirector } from '@piranha/ipvs';
import { expect, it, vi } from 'vitest';
import { desiredOf, TABLE_TOOLS } from '../../src/core/table-tools.js';
import { TableWriter } from '../../src/shell/table-writer.js';
import { configurationOf, virtualServer } from '../support.js';

const POLICY = {
  reconnectMs: 100,
  retryFirstMs: 100,
  retryCapMs: 1_000,
  readAfterOperations: 100,
  rereadMs: Number.POSITIVE_INFINITY,
  drift: 'revert',
} as const;

/** A disk that is slow: each write ends when it is told to. */
class SlowDisk {
  readonly begun: ReadonlySet<string>[] = [];
  private readonly ends: (() => void)[] = [];

  readonly save = (keys: ReadonlySet<string>): Promise<void> => {
    this.begun.push(keys);
    return new Promise((resolve) => this.ends.push(resolve));
  };

  endOne(): void {
    this.ends.shift()?.();
  }
}

it('writes the owned keys one after the other, and says when all of them are on disk', async () => {
  const disk = new SlowDisk();
  const writer = new TableWriter({
    open: () => Promise.resolve({ director: new MemoryDirector(), close: () => undefined }),
    owned: new Set(),
    saveOwned: disk.save,
    tools: TABLE_TOOLS,
    policy: () => POLICY,
    onLoaded: () => undefined,
    onNotice: () => undefined,
    onStep: () => undefined,
  });
  const desired = desiredOf(configurationOf([virtualServer()]), () => 'up');
  const begun = (count: number) =>
    vi.waitFor(() => {
      writer.tick();
      expect(disk.begun).toHaveLength(count);
    });
  writer.desire(desired);
  await begun(1);
  disk.endOne();
  await vi.waitFor(() => expect(writer.state.live?.services).toHaveLength(1));

  writer.desire({ services: [] });
  await begun(2);
  disk.endOne();
  await begun(3);
  // The table is empty now; that nothing is owned any more is on its way to the disk.
  expect(disk.begun.at(-1)?.size).toBe(0);
  expect(writer.state).toMatchObject({ busy: 'nothing', owned: new Set() });
  const onDisk = vi.fn();
  void writer.saved.then(onDisk);
  writer.desire(desired);
  writer.tick();
  await new Promise((resolve) => setImmediate(resolve));
  expect(disk.begun).toHaveLength(3);
  expect(onDisk).not.toHaveBeenCalled();
  disk.endOne();
  await vi.waitFor(() => expect(onDisk).toHaveBeenCalledTimes(1));
  await begun(4);
  writer.close();
});
