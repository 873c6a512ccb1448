import { describe, expect, it } from 'vitest';
import { run } from '../support/run.js';

/** What asks on a network is in test/witness.test.ts. */
const FILE = `primary = 192.0.2.1
backup = 192.0.2.2
backup_active = 1
virtual web {
  active = 1
  address = 192.0.2.100 eth0:1
  server one {
    address = 127.0.0.9
    active = 1
  }
}
`;

describe('lvsctl witness', () => {
  it('says that there is none, and ends with 1', async () => {
    expect(await run(['witness', '-'], FILE)).toEqual({
      status: 1,
      stdout: 'no witness is configured\n',
      stderr: '',
    });
  });

  it('says so in JSON', async () => {
    const { status, stdout } = await run(['witness', '--json', '-'], FILE);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ file: '-', ok: false, policy: 'advise', witnesses: [] });
  });

  it('asks nobody where the file is broken', async () => {
    const { status, stdout, stderr } = await run(['witness', '-'], `witness = ping 192.0.2.2\n${FILE}`);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('error CF_WITNESS_DIRECTOR');
  });
});
