import type { RealServerConfig, VirtualServerConfig } from '@piranha/config';
import type { ServiceChange } from '@piranha/ipvs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Health } from '../../src/core/health.js';
import { TableIndex } from '../../src/core/table-places.js';
import { desiredOf } from '../../src/core/table-tools.js';
import { ServiceBoard } from '../../src/shell/service-board.js';
import { configurationOf, realServer, virtualServer } from '../support.js';

const QUORUM = { weight: 4, hysteresis: 1, upCommand: undefined, downCommand: undefined };
const SERVERS = [11, 12, 13, 14].map((last) => realServer({ name: `s${last}`, address: `10.0.0.${last}` }));
const SORRY = '10.0.0.99';

/** By address. */
let health: Record<string, Health>;
let unsettled: Set<string>;
let said: string[];
let lost: string[];

beforeEach(() => {
  health = { '10.0.0.11': 'up', '10.0.0.12': 'up', '10.0.0.13': 'up', '10.0.0.14': 'down' };
  unsettled = new Set();
  said = [];
  lost = [];
});

/** A board of an lvsd that has just come, over what the one before left. */
function boardOver(services: readonly VirtualServerConfig[], table = services, verdict: Health = 'up') {
  const board = new ServiceBoard({
    idOf: ({ address }) => address,
    healthOf: ({ address }) => health[address],
    orderedOf: () => undefined,
    onChange: ({ name }, change: ServiceChange) => {
      if (change.type === 'quorum')
        said.push(`${name} ${change.reached ? 'reached' : 'lost'} ${change.isFirst}`);
    },
    lost: {
      found: new Set(lost),
      keep: (keys) => {
        lost = [...keys];
      },
    },
  });
  board.adopt(services, new TableIndex(desiredOf(configurationOf(table), () => verdict)));
  return {
    board,
    judge: (now = services) => board.judge(configurationOf(now), ({ address }) => !unsettled.has(address)),
  };
}

const web = (changes: Partial<VirtualServerConfig> = {}): VirtualServerConfig =>
  virtualServer({ servers: SERVERS, quorum: QUORUM, sorryServer: SORRY, ...changes });

describe('the quorum of a service', () => {
  it('inside the hysteresis outlives a restart of lvsd', () => {
    const { board, judge } = boardOver([web()]);
    judge();
    expect(said).toEqual(['web reached true']);
    expect(board.lacksQuorum(web())).toBe(false);
    health['10.0.0.12'] = 'down';
    judge();
    expect(said.at(-1)).toBe('web lost false');
  });

  it('that was lost is so still, with a sorry server by the table and without one by what was written down', () => {
    boardOver([web()], [web()], 'down').judge();
    expect(said).toEqual([]);
    const plain = web({ sorryServer: undefined });
    boardOver([plain], [plain], 'down').judge();
    expect(said).toEqual(['web lost true']);
    expect(lost).toEqual(['tcp 10.0.0.9:80']);
    health['10.0.0.14'] = 'up';
    boardOver([plain]).judge();
    expect(said).toEqual(['web lost true']);
    // After a start with an empty table everything is said anew.
    boardOver([plain], []).judge();
    expect(said.at(-1)).toBe('web reached true');
    expect(lost).toEqual([]);
  });

  it('stays with a service that changes its name or its place', () => {
    const { judge } = boardOver([web()]);
    judge();
    judge([web({ name: 'shop' })]);
    judge([web({ name: 'shop', port: 8080 })]);
    expect(said).toEqual(['web reached true']);
  });

  it('waits for no server of another service, and where it is known for none at all', () => {
    const other = web({ name: 'mail', port: 25, servers: [realServer({ address: '10.0.1.1' })] });
    const { judge } = boardOver([web()]);
    unsettled.add('10.0.1.1');
    judge([web(), other]);
    expect(said).toEqual(['web reached true']);
    const fresh = realServer({ name: 'new', address: '10.0.0.15' });
    unsettled.add(fresh.address);
    const grown = [web({ servers: [...SERVERS, fresh] }), other];
    judge(grown);
    health['10.0.0.13'] = 'down';
    // The new one may make up for it.
    judge(grown);
    expect(said).toHaveLength(1);
    health['10.0.0.12'] = 'down';
    judge(grown);
    expect(said.at(-1)).toBe('web lost false');
  });

  it('is told apart for two blocks of one mark', () => {
    const block = (name: string, servers: readonly RealServerConfig[]) =>
      web({ name, servers, firewallMark: 7, address: undefined, sorryServer: undefined });
    const { judge } = boardOver([block('a', SERVERS), block('b', [realServer({ address: '10.0.2.1' })])], []);
    health = { ...health, '10.0.0.14': 'up', '10.0.2.1': 'up' };
    judge();
    judge();
    expect(said).toEqual(['a reached true', 'b lost true']);
  });
});
