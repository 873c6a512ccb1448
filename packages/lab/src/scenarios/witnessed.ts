import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import { addressOf, type Networks } from '../guest/networks.js';
import type { Pair } from '../guest/pair.js';
import { get, until } from '../guest/requests.js';

const KEY_DIRECTORY = '/run/lab';
const KEY_FILE = `${KEY_DIRECTORY}/beat.keys`;
const PORT = 8099;
const TAKEOVER_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 20;

/** Statements of a pair whose heartbeats have a key, and which asks the client's host who is cut off. */
export const WITNESSED = `heartbeat_key = ${KEY_FILE}
heartbeat_encrypt = 1
failback = none
witness = tcp ${addressOf('client', 'public')}:${PORT}
witness_policy = require
`;

/** Makes the key, and lets the witness answer. */
export async function openWitness(networks: Networks): Promise<void> {
  mkdirSync(KEY_DIRECTORY, { recursive: true });
  writeFileSync(KEY_FILE, `${newBeatKeyLine(1)}\n`, { mode: 0o600 });
  const witness = createServer((socket) => socket.on('error', () => undefined).resume());
  await networks.host('client').listen(witness, PORT, addressOf('client', 'public'));
}

/** Scenarios of a pair with these statements that holds this address. */
export function witnessedScenarios(vip: string) {
  return {
    'the director that serves is cut off: it lets go before its partner, whom the witness answers, takes over':
      async (pair: Pair): Promise<void> => {
        const { active, standby } = await pair.settled();
        for (const network of ['public', 'private'] as const) pair.networks.cut(active.name, network);
        try {
          let most = 0;
          const takes = (): boolean => {
            most = Math.max(most, pair.holders(vip).length);
            return standby.holds(vip);
          };
          await until('the partner to hold the address', takes, TAKEOVER_LIMIT_MS, LOOK_EVERY_MS);
          assert.equal(most, 1);
          assert.match(active.lastLines(), /PULSE_WITNESS_LETS_GO/);
          assert.match(standby.lastLines(), /PULSE_WITNESS_AGREES/);
          assert.notEqual(await until('an answer', () => get(pair.client, vip)), '');
        } finally {
          for (const network of ['public', 'private'] as const) pair.networks.heal(active.name, network);
        }
        assert.equal((await pair.settled()).active, standby);
      },
  };
}
