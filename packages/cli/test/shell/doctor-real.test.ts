import { describe, expect, it } from 'vitest';
import { run } from '../support/run.js';

/** Documentation's addresses: no machine has them. */
const VIP = '192.0.2.77';
const FILE = `primary = 192.0.2.2
service = lvs
network = nat
virtual web {
  active = 1
  address = ${VIP} eth0:1
  port = 80
  server one {
    address = 192.0.2.11
    active = 1
    weight = 1
    port = 8080
  }
}
`;

describe('lvsctl doctor --real', () => {
  it('finds a VIP that is not here, in the form of doctor', async () => {
    const { status, stdout } = await run(['doctor', '--real', '--vip', VIP]);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^error VIP_MISSING: 192\.0\.2\.77 is not here.*\n {2}seen: .*\n {2}do: {3}lvs-realserver start/m,
    );
  });

  it('takes VIPs of a tunnel, and gives JSON', async () => {
    const { status, stdout } = await run(['doctor', '--real', '--json', '--vip', VIP, '--method', 'tunnel']);
    expect(status).toBe(1);
    const { ok, findings } = JSON.parse(stdout);
    expect(ok).toBe(false);
    expect(findings).toContainEqual(
      expect.objectContaining({ severity: 'error', code: 'VIP_MISSING', remedy: expect.any(String) }),
    );
  });

  it('refuses a file that does not name this machine', async () => {
    const { status, stdout, stderr } = await run(['doctor', '--real', '-'], FILE);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('REALSERVER_NO_SERVICE');
  });

  it('tells what is wrong with a file, and with words', async () => {
    const broken = await run(['doctor', '--real', '-'], 'nonsense');
    expect([broken.status, broken.stdout]).toEqual([1, '']);
    expect(broken.stderr).toContain(' error ');
    expect((await run(['doctor', '--real', '--vip', 'nowhere'])).stderr).toContain('REALSERVER_ADDRESS');
    for (const words of [['--real'], ['--vip', VIP, '-'], ['--method', 'tunnel', '-'], []]) {
      expect((await run(['doctor', ...words])).status).toBe(2);
    }
  });
});
