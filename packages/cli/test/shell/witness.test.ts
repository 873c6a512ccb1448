import { describe, expect, it } from 'vitest';
import { PAIR_FILE } from '../support/pair-file.js';
import { run } from '../support/run.js';

/** What asks on a network is in test/witness.test.ts. */
describe('lvsctl witness', () => {
  it('says that there is none, and ends with 1', async () => {
    expect(await run(['witness', '-'], PAIR_FILE)).toEqual({
      status: 1,
      stdout: 'no witness is configured\n',
      stderr: '',
    });
  });

  it('says so in JSON', async () => {
    const { status, stdout } = await run(['witness', '--json', '-'], PAIR_FILE);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ file: '-', ok: false, policy: 'advise', witnesses: [] });
  });

  it('asks nobody where the file is broken', async () => {
    const { status, stdout, stderr } = await run(['witness', '-'], `witness = ping 192.0.2.2\n${PAIR_FILE}`);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('error CF_WITNESS_DIRECTOR');
  });
});
