import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { libc } from '../src/libc.js';
import { receiveRaw } from '../src/raw-receiver.js';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;

describe('a raw receiver that cannot be made', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each(['socket', 'dup3'] as const)('leaves no descriptor: %s', async (call) => {
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    const fd = libc().socket(AF_UNIX, SOCK_DGRAM, 0);
    vi.spyOn(libc(), call).mockReturnValueOnce(-1);
    const receive = () =>
      receiveRaw(
        fd,
        () => {},
        () => {},
      );
    expect(receive).toThrow(`${call}: `);
    await vi.waitFor(() => expect(descriptors()).toBe(before));
  });
});
