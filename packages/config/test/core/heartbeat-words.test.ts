import { describe, expect, it } from 'vitest';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import type { LoadResult } from '../../src/model.js';
import { PAIR, SERVICE } from '../samples.js';

const SECOND_PATH = 'primary_private = 10.9.9.1\nbackup_private = 10.9.9.2\n';

function read(text: string): Pick<LoadResult, 'configuration' | 'diagnostics'> {
  return parseLvsCf(text + SERVICE);
}

function codes(text: string): string[] {
  return read(text).diagnostics.map(({ severity, code }) => `${severity} ${code}`);
}

describe('the words of failback', () => {
  it('are ready, after a minute, and silent where nobody wrote them', () => {
    expect(read(PAIR).configuration).toMatchObject({ failback: 'ready', failbackHoldMs: 60_000 });
    expect(codes(PAIR)).toEqual([]);
  });

  it('are read', () => {
    const { configuration } = read(`${PAIR}failback = always\nfailback_hold = 1.5\n`);
    expect(configuration).toMatchObject({ failback: 'always', failbackHoldMs: 1_500 });
    expect(codes(`${PAIR}failback = none\n`)).toEqual([]);
  });

  it('say that they have no effect, at their place', () => {
    const { diagnostics } = read(`${PAIR}failback = ready\n`);
    expect(diagnostics).toMatchObject([
      { severity: 'warning', code: 'CF_FAILBACK_UNUSED', line: 4, column: 12 },
    ]);
    expect(codes(`${PAIR}failback = always\n`)).toEqual(['warning CF_FAILBACK_UNUSED']);
    expect(codes(`${PAIR}heartbeat_key = /etc/beat.keys\nfailback = always\n`)).toEqual([]);
  });

  it('do not take what means nothing', () => {
    for (const line of ['failback = primary', 'failback_hold = 0', 'failback_hold = 86401']) {
      expect(codes(`${PAIR}${line}\n`).some((code) => code.startsWith('error'))).toBe(true);
      expect(codes(`${PAIR}${line}\n`)).not.toContain('warning CF_FAILBACK_UNUSED');
    }
  });
});

describe('the word for copies of lvs.cf', () => {
  it('is on, and off where somebody says so', () => {
    const keyed = `${PAIR}heartbeat_key = /etc/beat.keys\n`;
    expect(read(keyed).configuration?.configSync).toBe(true);
    expect(read(`${keyed}config_sync = 0\n`).configuration?.configSync).toBe(false);
    expect(codes(`${keyed}config_sync = 1\n`)).toEqual([]);
  });

  it('says that it has no effect without a key', () => {
    expect(codes(`${PAIR}config_sync = 1\n`)).toEqual(['warning CF_CONFIG_SYNC_UNUSED']);
    expect(codes(`${PAIR}config_sync = 0\n`)).toEqual([]);
  });
});

describe('the words of the adaptive deadtime', () => {
  it('are off, and once in ten years', () => {
    expect(read(PAIR).configuration).toMatchObject({ adaptive: false, falseTakeoverYears: 10 });
  });

  it('are read', () => {
    const text = `${PAIR}${SECOND_PATH}adaptive = 1\nfalse_takeover_years = 3\n`;
    expect(read(text).configuration).toMatchObject({ adaptive: true, falseTakeoverYears: 3 });
    expect(codes(text)).toEqual([]);
  });

  it('say where they have no effect', () => {
    expect(codes(`${PAIR}adaptive = 1\n`)).toEqual(['warning CF_ADAPTIVE_ONE_PATH']);
    expect(codes(`${PAIR}primary_private = 10.9.9.1\nadaptive = 1\n`)).toEqual([
      'warning CF_ADAPTIVE_ONE_PATH',
    ]);
    expect(codes('primary = 192.0.2.1\nadaptive = 1\n')).toEqual(['warning CF_ADAPTIVE_UNUSED']);
    expect(codes(`${PAIR}adaptive = 0\n`)).toEqual([]);
  });

  it('do not take what means nothing', () => {
    expect(codes(`${PAIR}false_takeover_years = 0\n`).some((code) => code.startsWith('error'))).toBe(true);
  });
});

describe('the words of the authenticated heartbeats', () => {
  it('are absent: the words of the original are spoken', () => {
    expect(read(PAIR).configuration?.heartbeatKey).toBeUndefined();
  });

  it('are read', () => {
    const text = `${PAIR}heartbeat_key = /etc/beat.keys\n`;
    expect(read(text).configuration?.heartbeatKey).toEqual({
      file: '/etc/beat.keys',
      line: 4,
      encrypt: false,
    });
    expect(read(`${text}heartbeat_encrypt = 1\n`).configuration?.heartbeatKey?.encrypt).toBe(true);
    expect(codes(`${text}heartbeat_encrypt = 1\n`)).toEqual([]);
  });

  it('are agreed on without a key file where the protocol is announced', () => {
    const text = `${PAIR}heartbeat_announce = 1\n`;
    expect(read(PAIR).configuration?.heartbeatAnnounce).toBeUndefined();
    expect(read(text).configuration?.heartbeatAnnounce).toEqual({ encrypt: false });
    expect(read(`${text}heartbeat_encrypt = 1\n`).configuration?.heartbeatAnnounce).toEqual({
      encrypt: true,
    });
    expect(codes(`${text}heartbeat_encrypt = 1\nfailback = ready\n`)).toEqual([]);
    const unused = ['warning CF_HEARTBEAT_ANNOUNCE_UNUSED'];
    const keyed = `${text}heartbeat_key = /etc/beat.keys\n`;
    expect(codes(keyed)).toEqual(unused);
    expect(read(keyed).configuration?.heartbeatAnnounce).toBeUndefined();
    expect(codes('primary = 192.0.2.1\nheartbeat_announce = 1\n')).toEqual(unused);
    expect(codes(`${PAIR}heartbeat_announce = 0\n`)).toEqual([]);
  });

  it('never fall back to the words of the original without saying so', () => {
    const wrong = ['error CF_HEARTBEAT_KEY_PATH'];
    expect(codes(`${PAIR}heartbeat_key = beat.keys\n`)).toEqual(wrong);
    expect(codes(`${PAIR}heartbeat_key = ""\n`)).toEqual(wrong);
    expect(codes(`${PAIR}heartbeat_encrypt = 1\n`)).toEqual(['warning CF_HEARTBEAT_KEY_UNUSED']);
    expect(codes('primary = 192.0.2.1\nheartbeat_key = /etc/beat.keys\n')).toEqual([
      'warning CF_HEARTBEAT_KEY_UNUSED',
    ]);
  });
});
