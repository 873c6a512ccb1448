import type { RealServerConfig, VirtualServerConfig } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import { indexTargets } from '../../src/core/check-targets.js';
import { WeightBoard } from '../../src/shell/weight-board.js';
import { AGENT as agent, configurationOf, realServer, virtualServer } from '../support.js';

const server = realServer({ weight: 100, weighing: { slowStart: 0, follows: 'agent', agent } });

class Board {
  private readonly board = new WeightBoard({ log: () => {}, history: () => [], close: async () => {} });
  private index = indexTargets(configurationOf([]));

  use(...services: VirtualServerConfig[]): void {
    const configuration = configurationOf(services);
    this.index = indexTargets(configuration);
    this.board.setTargets(this.index.targets, configuration);
  }

  /** The agent of a server says something. */
  drain(one: RealServerConfig): void {
    this.board.take(this.index.idOf(one) ?? '', { kind: 'agent', percent: 30, order: 'drain' });
  }

  weightOf(one: RealServerConfig): number | undefined {
    return this.board.weightOf(this.index.idOf(one));
  }
}

const web = (changes: Partial<VirtualServerConfig> = {}) => virtualServer({ servers: [server], ...changes });

describe('a weight that an agent has moved', () => {
  it.each([
    ['its service has another name', web({ name: 'shop' })],
    ['its service has another place', web({ port: 8080 })],
    [
      'under direct routing another port is checked',
      web({ servers: [{ ...server, port: 8080, forwarding: 'direct' }] }),
      web({ servers: [{ ...server, forwarding: 'direct' }] }),
    ],
  ])('is kept by a reload where %s', (_what, after, before = web()) => {
    const board = new Board();
    board.use(before);
    board.drain(before.servers[0] ?? server);
    board.use(after);
    expect(board.weightOf(after.servers[0] ?? server)).toBe(0);
  });

  it('stays with its server when a block of the same name comes before its own', () => {
    const board = new Board();
    board.use(web());
    board.drain(server);
    const other = { ...server };
    board.use(web({ port: 81, servers: [other] }), web());
    expect(board.weightOf(server)).toBe(0);
    expect(board.weightOf(other)).toBe(100);
  });
});
