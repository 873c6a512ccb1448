import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ResetGuard } from '../../src/takeover/reset-guard.js';
import { FakeTools } from '../support/fake-tools.js';

const TARGETS = { vips: ['10.0.0.100'], natServers: [] };
const BAD = { err: 'not supported\n', exit: 1 };

describe('reset guard', () => {
  let tools: FakeTools;
  let guard: ResetGuard;

  beforeEach(() => {
    tools = new FakeTools();
    const names = ['nft', 'iptables', 'iptables-restore', 'ip6tables', 'ip6tables-restore'];
    const [nft = '', iptables = '', , ip6tables = ''] = names.map((name) => tools.add(name));
    guard = new ResetGuard({ nft, iptables: [[iptables, ip6tables]] });
  });
  afterEach(() => tools.remove());

  const commands = () => tools.calls().filter((line) => !line.startsWith('| '));

  it('makes its tables with nft, and then needs one process each time', async () => {
    expect(await guard.prepare()).toBe(false);
    expect(commands()).toEqual([
      'nft -f -',
      'nft -f -',
      'nft list table ip piranha_guard',
      'nft list table ip6 piranha_guard',
    ]);
    expect(tools.calls().join('\n')).not.toMatch(/flush|delete|drop/);
    tools.forget();
    await guard.on(TARGETS);
    await guard.off();
    expect(commands()).toEqual(['nft -f -', 'nft -f -']);
    expect(tools.calls().join('\n')).toContain('ip saddr 10.0.0.100 tcp flags & rst == rst drop');
  });

  it('finds the leftover of a crash', async () => {
    tools.answer('nft', { out: 'ip saddr 10.0.0.1 tcp flags & rst == rst drop\n' });
    expect(await guard.prepare()).toBe(true);
  });

  it('empties before it fills what is filled already', async () => {
    await guard.on(TARGETS);
    tools.forget();
    await guard.on(TARGETS);
    expect(tools.calls().join('\n')).toMatch(/flush chain ip piranha_guard output[\s\S]*add rule/);
  });

  it('removes its tables at the end', async () => {
    await guard.on(TARGETS);
    tools.forget();
    await guard.clean();
    expect(tools.calls()).toContain('| delete table ip piranha_guard');
    expect(tools.calls()).toContain('| delete table ip6 piranha_guard');
  });

  it('takes iptables where nft does not work, and hooks its chains in only once', async () => {
    tools.answer('nft', BAD);
    tools.answer('ip6tables', { exit: 1 });
    expect(await guard.prepare()).toBe(false);
    expect(commands().slice(0, 4)).toEqual([
      'nft -f -',
      'iptables -w 2 -t filter -C OUTPUT -j PIRANHA-GUARD',
      'iptables -w 2 -t mangle -C POSTROUTING -j PIRANHA-GUARD',
      'ip6tables -w 2 -t filter -C OUTPUT -j PIRANHA-GUARD',
    ]);
    expect(commands()).toContain('ip6tables -w 2 -t filter -I OUTPUT -j PIRANHA-GUARD');
    expect(commands()).not.toContain('iptables -w 2 -t filter -I OUTPUT -j PIRANHA-GUARD');
    tools.forget();
    await guard.on(TARGETS);
    await guard.off();
    expect(commands()).toEqual(['iptables-restore -w 2 --noflush', 'iptables-restore -w 2 --noflush']);
  });

  it('finds the leftover of a crash in the chains of iptables', async () => {
    tools.answer('nft', BAD);
    tools.answer('ip6tables', { exit: 1 });
    tools.answer('iptables', { out: '-A PIRANHA-GUARD -s 10.0.0.100/32 -j DROP\n' });
    expect(await guard.prepare()).toBe(true);
    expect(tools.calls().join('\n')).not.toContain('--noflush');
  });

  it('says what is wrong when nothing works, each time it is asked', async () => {
    for (const name of ['nft', 'iptables', 'iptables-restore']) tools.answer(name, BAD);
    await expect(guard.prepare()).rejects.toThrow('neither nft nor iptables works: not supported');
    await expect(guard.on(TARGETS)).rejects.toThrow('neither nft nor iptables works');
    await guard.clean();
  });

  it('runs nothing for no address, and nothing with a bad one', async () => {
    await guard.on({ vips: [], natServers: [] });
    await expect(guard.on({ vips: ['10.0.0.1; drop'], natServers: [] })).rejects.toThrow('no address');
    expect(tools.calls()).toEqual([]);
  });

  it('works on after a refusal', async () => {
    await guard.prepare();
    tools.answer('nft', BAD);
    await expect(guard.on(TARGETS)).rejects.toThrow('not supported');
    tools.answer('nft', {});
    tools.forget();
    await guard.on(TARGETS);
    expect(tools.calls()).toContain('| flush chain ip piranha_guard output');
  });
});
