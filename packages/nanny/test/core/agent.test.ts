import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAgentLine } from '../../src/core/agent-line.js';
import { type AgentEvent, type AgentPolicy, NEW_AGENT, stepAgent } from '../../src/core/agent-loop.js';
import { loadMonitorWords, readLoad } from '../../src/core/load-monitor.js';

describe("an agent's line", () => {
  const none = { percent: undefined, order: undefined, health: undefined };

  it.each([
    ['75%\n', { percent: 75 }],
    ['  up\t75.5% ready\r\nignored', { percent: 75.5, order: 'ready', health: 'up' }],
    ['drain', { order: 'drain' }],
    ['MAINT,50%', { order: 'maint', percent: 50 }],
    ['stopped#for repair, 20%\n', { health: 'down' }],
    ['up down', { health: 'down' }],
    ['250%', { percent: 100 }],
    ['maxconn:30 40%', { percent: 40 }],
    ['83', { percent: 83 }],
    ['weight:40%', { percent: 40 }],
    ['maxconn: up', { health: 'up' }],
  ])('%j means %j', (text, answer) => {
    expect(readAgentLine(text, 'idle')).toEqual({ ...none, ...answer });
  });

  it.each([
    ['75% draining', { percent: 75, unknown: 'draining' }],
    ['weight:75 drain', { order: 'drain', unknown: 'weight:75' }],
    ['up so so # rather', { health: 'up', unknown: 'so' }],
    ['down constructor', { health: 'down', unknown: 'constructor' }],
  ])('%j counts as far as it is understood', (text, answer) => {
    expect(readAgentLine(text, 'idle')).toEqual({ ...none, ...answer });
  });

  it.each(['', '\n', '# only a remark', 'yes', 'weight:75', '% maybe', '-3', 'constructor', '1e3', '%'])(
    '%j is none',
    (text) => {
      expect(readAgentLine(text, 'idle')).toBeUndefined();
    },
  );

  it("of Kemp's kind tells the load, and 101 and 102", () => {
    expect(readAgentLine('30', 'load')).toEqual({ percent: 70, order: 'ready', health: 'up' });
    expect(readAgentLine('100', 'load')).toMatchObject({ percent: 0 });
    expect(readAgentLine('101', 'load')).toMatchObject({ health: 'down' });
    expect(readAgentLine('102', 'load')).toMatchObject({ order: 'maint' });
    expect(readAgentLine('103', 'load')).toBeUndefined();
    expect(readAgentLine('30%', 'load')).toMatchObject({ percent: 30 });
  });

  it('never gives more than the whole or less than nothing', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('idle' as const, 'load' as const), (text, meaning) => {
        const percent = readAgentLine(text, meaning)?.percent ?? 0;
        expect(percent >= 0 && percent <= 100).toBe(true);
      }),
    );
  });
});

describe('what is believed of an agent', () => {
  const policy: AgentPolicy = { number: 'idle', holdMs: 5_000, server: '10.0.0.1:80' };

  function play(steps: readonly (readonly [number, AgentEvent])[]) {
    let state = NEW_AGENT;
    return steps.map(([atMs, event]) => {
      const step = stepAgent(policy, state, event, atMs);
      state = step.state;
      return step.effects.map((effect) => {
        if (effect.type === 'log') return effect.complaint.event;
        return effect.type === 'down' ? `down: ${effect.reason !== undefined}` : effect.reading;
      });
    });
  }
  const answer = (text: string): AgentEvent => ({ type: 'answered', text });
  const silence: AgentEvent = { type: 'silent', problem: 'ECONNREFUSED' };

  it('tells once of a word that is not understood, and again after a line without one, once a minute at most', () => {
    const heard = (text: string): AgentEvent => ({ type: 'answered', text });
    const reading = { kind: 'agent', percent: 50, order: undefined };
    expect(
      play([
        [0, heard('50% oops')],
        [1_000, heard('50% oops')],
        [2_000, { type: 'silent', problem: 'refused' }],
        [3_000, heard('50% oops')],
        [4_000, heard('50%')],
        [5_000, heard('50% oops')],
        [64_000, heard('50%')],
        [65_000, heard('50% oops')],
      ]),
    ).toEqual([
      ['NANNY_AGENT_WORD', reading],
      [reading],
      ['NANNY_AGENT_SILENT'],
      ['NANNY_AGENT_BACK', reading],
      [reading],
      [reading],
      [reading],
      ['NANNY_AGENT_WORD', reading],
    ]);
  });

  it('is its reading; trouble is told once, its end too', () => {
    expect(
      play([
        [0, answer('50%')],
        [1, silence],
        [2, silence],
        [3, answer('what')],
        [4, answer('60%')],
      ]),
    ).toEqual([
      [{ kind: 'agent', percent: 50 }],
      ['NANNY_AGENT_SILENT'],
      [],
      ['NANNY_AGENT_BAD'],
      ['NANNY_AGENT_BACK', { kind: 'agent', percent: 60 }],
    ]);
  });

  it('tells of one that comes and goes once a minute', () => {
    const turns = Array.from({ length: 120_000 }, (_, atMs) => atMs);
    const told = play(turns.map((atMs) => [atMs, atMs % 2 === 0 ? silence : answer('50%')]));
    const lines = told.flatMap((effects, atMs) =>
      effects.filter((effect) => typeof effect === 'string').map((line) => `${atMs} ${line}`),
    );
    expect(lines).toEqual([
      ...['0 NANNY_AGENT_SILENT', '1 NANNY_AGENT_BACK'],
      ...['2 NANNY_AGENT_SILENT', '60001 NANNY_AGENT_BACK', '60002 NANNY_AGENT_SILENT'],
    ]);
  });

  it('tells troubles that take turns once each', () => {
    const turns = [silence, answer('what'), silence, answer('what')] as const;
    expect(play(turns.map((event, atMs) => [atMs, event]))).toEqual([
      ['NANNY_AGENT_SILENT'],
      ['NANNY_AGENT_BAD'],
      [],
      [],
    ]);
  });

  it('takes the server down and gives it back; silence ends it after a while', () => {
    const down = ['NANNY_AGENT_DOWN', 'down: true'];
    const up = ['NANNY_AGENT_UP', 'down: false'];
    const [first, second, third] = play([
      [0, answer('down # disk')],
      [10, answer('90%')],
      [20, answer('up')],
    ]);
    expect([first?.slice(1), second?.slice(1), third?.slice(1)]).toEqual([down, [], up]);
    const silent = play([
      [0, answer('down')],
      [4_999, silence],
      [5_000, silence],
    ]);
    expect(silent.slice(1)).toEqual([['NANNY_AGENT_SILENT'], up]);
  });
});

describe('a load monitor', () => {
  it('is run with the address behind its words, and a bare remote shell with uptime', () => {
    expect(loadMonitorWords('rup', '10.0.0.1')).toEqual(['rup', '10.0.0.1']);
    expect(loadMonitorWords('ssh', '10.0.0.1')).toEqual(['ssh', '10.0.0.1', 'uptime']);
    expect(loadMonitorWords('/usr/bin/ssh', '10.0.0.1')).toEqual(['/usr/bin/ssh', '10.0.0.1']);
    expect(loadMonitorWords('/bin/load -x', '10.0.0.1')).toEqual(['/bin/load', '-x', '10.0.0.1']);
  });

  it.each([
    [' 10:01:02 up 3 days,  1 user,  load average: 0.15, 0.10, 0.05', 0.15],
    ['web1          up   3+02:11,     1 user,   load 1.50, 0.10, 0.05', 1.5],
    ['10.0.0.1 up 3 days, load average: 12.00 3.00 1.00', 12],
    ['load average: 0,42, 0,40, 0,38', 0.42],
    ['load average: 2, 1, 1', 2],
    ['loads of fun', undefined],
    ['', undefined],
  ])('%j has load %s', (text, load) => {
    expect(readLoad(text)).toBe(load);
  });
});
