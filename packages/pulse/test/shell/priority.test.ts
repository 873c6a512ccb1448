import { afterEach, describe, expect, it, vi } from 'vitest';
import { raiseOwnPriority } from '../../src/shell/priority.js';

function tried(user: number, raise: (nice: number) => void) {
  vi.spyOn(process, 'getuid').mockReturnValue(user);
  const log = vi.fn();
  raiseOwnPriority('pulse', raise, { log } as never);
  return log.mock.calls;
}

describe('own priority', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('is raised for root', () => {
    const raise = vi.fn();
    expect(tried(0, raise)).toEqual([]);
    expect(raise).toHaveBeenCalledExactlyOnceWith(-15);
  });

  it('stays for anybody else', () => {
    const raise = vi.fn();
    expect(tried(1_000, raise)).toEqual([]);
    expect(raise).not.toHaveBeenCalled();
  });

  it('that is refused costs a warning and no more', () => {
    const refuse = () => {
      throw new Error('EACCES: permission denied');
    };
    expect(tried(0, refuse)).toEqual([
      ['PULSE_PRIORITY_REFUSED', { process: 'pulse', problem: 'EACCES: permission denied' }],
    ]);
  });
});
