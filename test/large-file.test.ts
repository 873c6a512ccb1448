import { appendFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { Pair } from './support/pair.js';

let pair: Pair;

afterEach(() => pair?.stop());

/** Blocks that have to be read, and put nothing into the table. */
function idleServices(services: number, serversEach: number): string {
  const server = (index: number) =>
    `  server s${index} {\n    address = 10.9.0.${index + 1}\n    active = 0\n  }\n`;
  const servers = Array.from({ length: serversEach }, (_, index) => server(index)).join('');
  const service = (index: number) =>
    `virtual idle${index} {\n  active = 0\n  address = 10.8.${index >> 8}.${index & 255} eth0:1\n  port = 80\n${servers}}\n`;
  return Array.from({ length: services }, (_, index) => service(index)).join('');
}

/** Reading it takes a process of its own far longer than the deadtime, and an unlucky moment of a busy machine far less. */
const SERVICES = 5_000;
const DEADTIME_SECONDS = 1;

it('a file of fifty thousand servers is read again, and nobody is late or taken for dead', async () => {
  pair = new Pair({ keepaliveSeconds: 0.1, deadtimeSeconds: DEADTIME_SECONDS });
  await pair.start();
  const { active, standby } = await pair.settled();
  appendFileSync(pair.configFile, idleServices(SERVICES, 10));
  for (const director of [standby, active]) {
    expect((await director.lvsctl('reload')).status).toBe(0);
  }
  for (const director of [active, standby]) {
    const { state, history } = await director.pulse();
    expect(state).toBe(director === active ? 'active' : 'standby');
    const events = history.map(({ event }) => event);
    for (const late of [
      'PULSE_SLEPT',
      'PULSE_PARTNER_DEAD',
      'PULSE_PARTNER_LOST',
      'PULSE_GUARDIAN_STANDS_IN',
      'PULSE_CHILD_KILLED',
    ]) {
      expect(events).not.toContain(late);
    }
  }
});
