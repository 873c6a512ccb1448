import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AdoptionRecord } from '../../src/core/adoption-record.js';
import { readAdoption, removeAdoption, writeAdoption } from '../../src/shell/record-file.js';

const RECORD: AdoptionRecord = {
  kind: 'keepalived',
  configFile: '/etc/sysconfig/ha/lvs.cf',
  ipvsadmPath: '/sbin/ipvsadm',
  at: '2026-01-01T00:00:00.000Z',
  processes: [{ pid: 12, startTicks: 3_456 }],
  table: '-A -t 10.0.0.9:80 -s rr',
  addresses: [
    { address: '10.0.0.9', prefixLength: 24, interface: 'eth0', label: 'eth0:1', broadcast: '10.0.0.255' },
  ],
  sync: { master: { interface: 'eth1', syncId: 7, maxLength: 1_472 } },
  timeouts: { tcpSeconds: 900, tcpFinSeconds: 120, udpSeconds: 300 },
};

describe('record of an adoption', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'adoption-'));
    path = join(directory, 'adoption');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('comes back as it was written, and is gone once removed', () => {
    expect(readAdoption(path)).toBeUndefined();
    writeAdoption(path, RECORD);
    expect(readAdoption(path)).toEqual(RECORD);
    removeAdoption(path);
    removeAdoption(path);
    expect(readAdoption(path)).toBeUndefined();
  });

  it.each([
    ['', 'empty'],
    ['{"kind":', 'cut'],
    [JSON.stringify({ ...RECORD, kind: 'other' }), 'another kind'],
    [JSON.stringify({ ...RECORD, processes: [{ pid: -1, startTicks: 0 }] }), 'no pid'],
  ])('refuses a broken one: %#', (text) => {
    writeFileSync(path, text);
    expect(() => readAdoption(path)).toThrow(expect.objectContaining({ code: 'ADOPTION_RECORD_BAD' }));
  });

  it('says that it cannot be written', () => {
    writeFileSync(join(directory, 'file'), '');
    expect(() => writeAdoption(join(directory, 'file', 'adoption'), RECORD)).toThrow(
      expect.objectContaining({ code: 'ADOPTION_RECORD_UNWRITABLE' }),
    );
  });
});
