import { describe, expect, it } from 'vitest';
import { parseTimeouts } from '../../src/core/timeouts-reader.js';

describe('the timeouts of the kernel', () => {
  it('are read from what ipvsadm prints', () => {
    expect(parseTimeouts('Timeout (tcp tcpfin udp): 900 120 300\n')).toEqual({
      tcpSeconds: 900,
      tcpFinSeconds: 120,
      udpSeconds: 300,
    });
    for (const text of ['', 'Timeout', 'Timeout (tcp tcpfin udp): 900 x 300']) {
      expect(parseTimeouts(text)).toBeUndefined();
    }
  });
});
