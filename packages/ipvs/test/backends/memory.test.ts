import { expect, it } from 'vitest';
import { MemoryDirector } from '../../src/index.js';
import { directorCompliance } from '../support/compliance.js';

directorCompliance('the memory backend', async () => ({
  director: new MemoryDirector(),
  key: { kind: 'address', protocol: 'tcp', address: '127.0.0.100', port: 8080 },
  close: async () => undefined,
}));

it('a timeout of 0 leaves the value as it is', async () => {
  const director = new MemoryDirector();
  await director.setTimeouts({ tcpSeconds: 100, tcpFinSeconds: 10, udpSeconds: 20 });
  await director.setTimeouts({ tcpSeconds: 0, tcpFinSeconds: 0, udpSeconds: 30 });
  expect(director.timeouts).toEqual({ tcpSeconds: 100, tcpFinSeconds: 10, udpSeconds: 30 });
});
