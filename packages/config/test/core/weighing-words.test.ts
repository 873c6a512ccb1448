import { describe, expect, it } from 'vitest';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import { configurationOf, PAIR, SERVICE } from '../samples.js';

function weighed(virtual: string, server: string): string {
  const [head = '', tail = ''] = SERVICE.split('  server a {\n');
  return `${PAIR}${head}${virtual}  server a {\nweight = 100\n${server}${tail}`;
}

function weighingOf(virtual: string, server = '') {
  return configurationOf(weighed(virtual, server)).virtualServers[0]?.servers[0]?.weighing;
}

describe('what moves a weight', () => {
  const RAMP = { slowStart: 'original', follows: 'nothing' };

  it("is the original's ramp by default, and nothing where slow_start = 0 or where there is no room for one", () => {
    expect(weighingOf('')).toEqual(RAMP);
    expect(weighingOf('load_monitor = none\nrise = 2\n')).toEqual(RAMP);
    expect(weighingOf('load_monitor = none\nslow_start = 0\n')).toBeUndefined();
    expect(weighingOf('', 'weight = 2\n')).toEqual(RAMP);
    for (const weight of [0, 1]) expect(weighingOf('', `weight = ${weight}\n`)).toBeUndefined();
  });

  it("is the original's ramp where slow_start asks for it, for one server too", () => {
    expect(weighingOf('slow_start = original\nagent = tcp:1\n')).toMatchObject({
      slowStart: 'original',
      follows: 'agent',
    });
    expect(weighingOf('slow_start = 60\n', 'slow_start = original\n')).toEqual(RAMP);
    expect(weighingOf('slow_start = original\n', 'slow_start = 0\n')).toBeUndefined();
    const { diagnostics } = parseLvsCf(weighed('slow_start = orginal\n', ''));
    expect(diagnostics).toMatchObject([
      { code: 'CF_INTEGER_EXPECTED', hint: expect.stringMatching(/original/) },
    ]);
  });

  it('of small weights is warned of only where a slow start was asked for', () => {
    const codes = (virtual: string) =>
      parseLvsCf(weighed(virtual, 'weight = 2\n')).diagnostics.map(({ code }) => code);
    expect(codes('').filter((code) => code === 'CF_WEIGHT_SMALL')).toEqual([]);
    expect(codes('slow_start = 60\n')).toContain('CF_WEIGHT_SMALL');
  });

  it("is a load monitor with the original's ramp, unless slow_start says otherwise", () => {
    expect(weighingOf('load_monitor = rup\n')).toEqual({ slowStart: 'original', follows: 'load' });
    expect(weighingOf('load_monitor = rup\n', 'slow_start = 1.5\n')).toEqual({
      slowStart: 1_500,
      follows: 'load',
    });
    expect(weighingOf('load_monitor = rup\nslow_start = 0\n')).toEqual({ slowStart: 0, follows: 'load' });
  });

  it('is an agent where there is one, with defaults and words of its own', () => {
    const agent = {
      port: 3333,
      number: 'idle',
      smoothingPercent: 50,
      changePercent: 100,
      holdMs: 60_000,
      fadeMs: 60_000,
    };
    expect(weighingOf('agent = tcp:3333\n')).toEqual({ slowStart: 0, follows: 'agent', agent });
    const words =
      'agent_number = load\nagent_smoothing = 0\nagent_change = 7\nagent_hold = 1\nagent_fade = 2\n';
    expect(weighingOf(`agent = tcp:3333\nagent_interval = 5\n${words}`, 'agent_hold = 9\n')).toMatchObject({
      agent: {
        intervalMs: 5_000,
        number: 'load',
        smoothingPercent: 0,
        changePercent: 7,
        holdMs: 9_000,
        fadeMs: 2_000,
      },
    });
  });

  it('is an agent that is asked by HTTP, which tells the load unless agent_number says otherwise', () => {
    const agent = (words: string) => weighingOf(words)?.agent;
    expect(agent('agent = http:80\n')).toMatchObject({ port: 80, path: '/load', number: 'load' });
    expect(agent('agent = http:8080/cgi-bin/load?all\n')).toMatchObject({ path: '/cgi-bin/load?all' });
    expect(agent('agent = http:80/\nagent_number = idle\n')).toMatchObject({ path: '/', number: 'idle' });
    for (const word of [
      'http:0',
      'http:70000/load',
      'tcp:80/load',
      'http:80load',
      '"http:80/a b"',
      'https:443',
    ]) {
      const { diagnostics } = parseLvsCf(weighed(`agent = ${word}\n`, ''));
      expect(diagnostics.map(({ code }) => code)).toContain('CF_AGENT');
    }
  });

  it('is a check whose exit status carries a weight, unless an agent does', () => {
    const check = 'check own {\nkind = program\nprogram = /bin/c\nmisc_dynamic = 1\n}\n';
    expect(weighingOf(check)).toEqual({ slowStart: 0, follows: 'check' });
    expect(weighingOf('load_monitor = rup\n', `slow_start = 2\n${check}`)).toEqual({
      slowStart: 2_000,
      follows: 'check',
    });
    const plain = 'check own {\nkind = tcp\n}\n';
    expect(weighingOf(check, plain)).toEqual(RAMP);
    expect(weighingOf(`agent = tcp:1\n${check}`)).toMatchObject({ follows: 'agent' });
    const warned = (virtual: string, server = '') =>
      parseLvsCf(weighed(virtual, server)).diagnostics.map(({ code, line }) => `${code} ${line}`);
    expect(warned(check)).toEqual([]);
    expect(warned(`agent = tcp:1\n${check}`)).toEqual(['CF_CHECK_WEIGHT 11']);
    expect(warned('agent = tcp:1\n', check)).toEqual(['CF_CHECK_WEIGHT 13']);
    expect(warned(`agent = tcp:1\n${check}`, plain)).toEqual([]);
    expect(warned(`load_monitor = rup\n${check}`)).toEqual(['CF_LOAD_MONITOR_CHECK 7']);
  });

  it('is taken from one server by an empty agent', () => {
    expect(weighingOf('agent = tcp:3333\n', 'agent = ""\n')).toEqual(RAMP);
  });
});
