import { describe, expect, it } from 'vitest';
import { notThePartner } from '../../src/core/partner-name.js';
import { nodeView } from '../support/node-views.js';
import { servingPair, VirtualPair } from '../support/virtual-pair.js';

const ORDER = { unlessAlone: false, by: 'alice', at: '2026-03-01T12:00:00.000Z', reason: '' };

describe('a handover', () => {
  it.each([
    [nodeView({}, 'eth0 link down'), 'the partner says: eth0 link down'],
    [nodeView({}, ''), 'the partner says: it has a failure'],
    [{ ...nodeView(), standIn: true }, 'pulse of the partner is down, its guardian beats for it'],
    [nodeView({ tableLoaded: false }), 'the table of the partner is not loaded'],
    [nodeView({ firstVerdicts: false }), 'the partner does not have the first verdict of every server'],
    [nodeView({ listenedPercent: 40 }), 'the partner has listened to the connections for only 40 % of 20 s'],
    [nodeView({ serversUp: 1 }), 'the partner sees 1 of 3 servers up, this node 3 of 3'],
  ])('to a partner that would serve worse is refused: %#', (partner, text) => {
    const pair = servingPair();
    const views = { own: nodeView(), partner };
    pair.send('primary', { type: 'handover', views });
    pair.send('primary', { type: 'maintenance', order: ORDER, force: false, views });
    pair.run(2_000);
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.nodes.primary.results).toEqual([{ ok: false, text }]);
    expect(pair.nodes.primary.orders).toEqual([{ ok: false, text }]);
    pair.send('primary', { type: 'handover', views, force: true });
    pair.run(2_000);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nobodyMs).toBe(0);
  });

  it('to a partner that has not listened for long goes by the count of this node, where there is one', () => {
    const partner = nodeView({ listenedPercent: 40 });
    const text =
      'the partner has listened to the connections for only 40 % of 20 s and knows 7 of 10 in use for certain';
    for (const [known, results] of [
      [7, [{ ok: false, text }]],
      [10, [{ ok: true, text: 'partner took over' }]],
    ] as const) {
      const pair = servingPair();
      const views = { own: nodeView(), partner, coverage: { total: 10, known } };
      pair.send('primary', { type: 'handover', views });
      pair.run(2_000);
      expect(pair.nodes.primary.results).toEqual(results);
    }
  });

  it('to a partner that is as good is done, and to one that says nothing of itself', () => {
    for (const partner of [nodeView(), nodeView({ serversUp: 4, serversTotal: 4 }), undefined]) {
      const pair = servingPair();
      pair.send('primary', { type: 'handover', views: { own: nodeView(), partner } });
      pair.run(1_000);
      expect(pair.holders()).toEqual(['backup']);
    }
  });

  it('to a silent partner is refused; forced it is tried, and undone when nobody takes', () => {
    const pair = servingPair();
    const { primary } = pair.nodes;
    pair.crash('backup');
    pair.run(1_000);
    pair.send('primary', { type: 'handover' });
    expect(primary.results).toEqual([{ ok: false, text: 'no partner is heard' }]);
    pair.send('primary', { type: 'handover', force: true });
    expect(primary.state.duty).toBe('releasing');
    pair.run(3_000);
    expect(primary.results.at(-1)).toEqual({ ok: false, text: 'partner did not say running in time' });
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.nobodyMs).toBe(0);
  });

  it('is not forced on a node that does not serve, nor without a partner', () => {
    const pair = servingPair();
    pair.send('backup', { type: 'handover', force: true });
    expect(pair.nodes.backup.results).toEqual([{ ok: false, text: 'this node is standby, not active' }]);
    const lone = new VirtualPair(undefined, { hasPartner: false });
    lone.start('primary');
    lone.run(1_000);
    lone.send('primary', { type: 'handover', force: true });
    expect(lone.nodes.primary.results).toEqual([{ ok: false, text: 'no partner is configured' }]);
  });

  it('that a lost link or a stop ends is answered', () => {
    const pair = servingPair();
    pair.cut.primary = true;
    pair.cut.backup = true;
    pair.send('primary', { type: 'handover' });
    pair.send('primary', { type: 'localFailure', what: 'eth0 link down', disables: true });
    pair.run(3_000);
    expect(pair.nodes.primary.results).toEqual([{ ok: false, text: 'eth0 link down' }]);
    const other = servingPair();
    other.cut.primary = true;
    other.send('primary', { type: 'handover' });
    other.send('primary', { type: 'shutdown', signal: 'SIGTERM' });
    expect(other.nodes.primary.results).toEqual([{ ok: false, text: 'pulse stops' }]);
  });
});

describe('the node that an operator names', () => {
  const PATHS = [
    { name: 'public', local: '192.0.2.1', partner: '192.0.2.2' },
    { name: 'private', local: 'fd00::1', partner: 'fd00::2' },
  ] as const;
  const check = (name: string, ...addresses: string[]) => notThePartner({ name, addresses }, PATHS);

  it('is the partner by any of its addresses in any spelling', () => {
    expect(check('192.0.2.2', '192.0.2.2')).toBeUndefined();
    expect(check('two', '198.51.100.7', '192.0.2.2')).toBeUndefined();
    expect(check('two', 'FD00:0:0::2')).toBeUndefined();
    expect(check('two', '::ffff:192.0.2.2')).toBeUndefined();
  });

  it('or is told what it is', () => {
    expect(check('one', '192.0.2.1')).toBe('one is this node');
    expect(check('other', '192.0.2.9')).toBe(
      'other (192.0.2.9) is not the partner, which is 192.0.2.2, fd00::2',
    );
    expect(check('192.0.2.9', '192.0.2.9')).toBe('192.0.2.9 is not the partner, which is 192.0.2.2, fd00::2');
    expect(notThePartner({ name: 'two', addresses: ['192.0.2.2'] }, [])).toContain('none is configured');
  });
});
