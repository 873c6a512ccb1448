import { SyncDaemonControl } from '@piranha/ipvs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeTools } from '../support/fake-tools.js';

describe('sync daemon by ipvsadm', () => {
  let tools: FakeTools;
  let control: SyncDaemonControl;

  beforeEach(() => {
    tools = new FakeTools();
    const path = tools.add('ipvsadm');
    control = new SyncDaemonControl(() => path);
  });
  afterEach(() => tools.remove());

  it('starts and stops each side, arguments as they are', async () => {
    await control.start('backup', 'eth1', 7);
    await control.start('master', 'eth1', 7);
    await control.stop('backup');
    expect(tools.calls()).toEqual([
      'ipvsadm --start-daemon backup --mcast-interface eth1 --syncid 7',
      'ipvsadm --start-daemon master --mcast-interface eth1 --syncid 7 --sync-maxlen 1',
      'ipvsadm --stop-daemon backup',
    ]);
  });

  it('takes "not running" and "already run" for done', async () => {
    tools.answer('ipvsadm', { err: 'No daemon is running\n', exit: 255 });
    await control.stop('master');
    tools.answer('ipvsadm', { err: 'Daemon has already run\n', exit: 255 });
    await control.start('master', 'eth1', 7);
    expect(tools.calls()).toHaveLength(2);
  });

  it('tells the kernel refusal in its words', async () => {
    tools.answer('ipvsadm', { err: 'No such device\n', exit: 255 });
    await expect(control.start('backup', 'eth9', 7)).rejects.toMatchObject({
      code: 'SYNC_DAEMON_FAILED',
      message: expect.stringContaining('eth9 --syncid 7: No such device'),
    });
    await expect(control.state()).rejects.toThrow('No such device');
    await expect(control.stop('backup')).rejects.toThrow('No such device');
  });

  it('says when there is no ipvsadm', async () => {
    const missing = new SyncDaemonControl(() => '/nonexistent/ipvsadm');
    await expect(missing.state()).rejects.toThrow('not on this machine');
  });

  it('reads the state', async () => {
    tools.answer('ipvsadm', { out: 'backup sync daemon (mcast=eth1, syncid=7, maxlen=1472, ttl=1)\n' });
    expect((await control.state()).backup).toMatchObject({ interface: 'eth1', syncId: 7 });
    expect(tools.calls()).toEqual(['ipvsadm -Ln --daemon']);
  });
});
