import { describe, expect, it } from 'vitest';
import { checkDirector, directorOpener } from '../../src/shell/open-director.js';

describe('checkDirector', () => {
  it('passes a backend that can be read', async () => {
    await expect(
      checkDirector(directorOpener('memory', '/nowhere.sock', 'ipvsadm')),
    ).resolves.toBeUndefined();
  });

  it('says what the kernel director lacks, and how to get it', async () => {
    await expect(
      checkDirector(directorOpener('kernel', '/nowhere.sock', '/nowhere/ipvsadm')),
    ).rejects.toMatchObject({ code: 'IPVSADM_MISSING', message: '/nowhere/ipvsadm is not on this machine' });
  });
});
