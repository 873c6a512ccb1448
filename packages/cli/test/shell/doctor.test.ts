import { describe, expect, it } from 'vitest';
import { run } from '../support/run.js';

/** A device that no machine has: something is found wherever this test runs. */
const FILE = `primary = 127.0.0.2
service = lvs
network = direct
virtual web {
  active = 1
  address = 10.99.0.100 nosuch0:1
  port = 80
  server one {
    address = 127.0.0.9
    active = 1
    weight = 1
  }
}
`;
const WORDS = ['--run-dir', '/nonexistent/piranha', '-'];

describe('lvsctl doctor', () => {
  it('tells what was seen and what helps, and ends with 1', async () => {
    const { status, stdout, stderr } = await run(['doctor', ...WORDS], FILE);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^error DOCTOR_DEVICE: an interface that lvs\.cf names is missing or down\n {2}seen: there is no interface nosuch0\n {2}do: {3}ip link/m,
    );
    expect(stderr).toContain('not looked at: pulse does not answer on /nonexistent/piranha/pulse.sock');
  });

  it('gives its findings as JSON', async () => {
    const { status, stdout } = await run(['doctor', '--json', ...WORDS], FILE);
    expect(status).toBe(1);
    const { ok, findings, unseen } = JSON.parse(stdout);
    expect(ok).toBe(false);
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'DOCTOR_DEVICE', severity: 'error', remedy: expect.any(String) }),
    );
    expect(unseen).toContainEqual(expect.stringContaining('lvsd does not answer'));
  });

  it('looks at nothing where the file is broken', async () => {
    const { status, stdout, stderr } = await run(['doctor', ...WORDS], 'nonsense');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(' error ');
  });
});
