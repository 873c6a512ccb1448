import { connect, type TLSSocket } from 'node:tls';
import { patient, UserError } from '@piranha/common';
import { decodeFrame, encodeFrame, type Frame, LineSplitter } from '@piranha/protocol';
import { syncIdentityText, syncKey } from '@piranha/protocol/beat';
import type { HeartbeatPath } from '../../core/settings.js';
import { SYNC_FRAME_LIMIT_BYTES, SYNC_LIMITS, SYNC_TLS, type SyncLine } from './sync-tls.js';

/** Longest wait for a connection on one path, ms. */
const CONNECT_LIMIT_MS = 3_000;

/**
 * One question to the partner's pulse, by the first path that works.
 * @param limitMs longest wait for the answer
 * @throws UserError `SYNC_UNREACHABLE`, `SYNC_DENIED`, `SYNC_NO_ANSWER`, or what the partner answered
 */
export async function callPartner(
  line: SyncLine,
  method: string,
  params: unknown,
  limitMs: number,
): Promise<unknown> {
  const socket = await openAny(line);
  try {
    const { error, result } = await ask(socket, encodeFrame({ id: 1, method, params }), patient(limitMs));
    if (error !== undefined) throw new UserError(error.message, error);
    return result;
  } finally {
    socket.destroy();
  }
}

/** A proven connection by the first path that leads to the partner. @throws UserError `SYNC_UNREACHABLE`, `SYNC_DENIED` */
async function openAny(line: SyncLine): Promise<TLSSocket> {
  const failed: Failed[] = [];
  for (const path of line.paths) {
    const opened = await open(line, path);
    if (!('problem' in opened)) return opened;
    failed.push(opened);
  }
  const problems = failed.map(({ address, problem }) => `${address}:${line.port}: ${problem}`).join('; ');
  const stranger = failed.find(({ isConnected }) => isConnected);
  if (stranger !== undefined) throw denied(stranger.address, problems);
  throw new UserError(`the partner cannot be reached: ${problems}`, {
    code: 'SYNC_UNREACHABLE',
    hint: 'its pulse must run with a heartbeat_key; a firewall must let TCP to the heartbeat port through',
  });
}

/** Why a path leads nowhere. */
interface Failed {
  readonly address: string;
  readonly problem: string;
  /** Somebody was there, who did not prove to be the partner. */
  readonly isConnected: boolean;
}

/** A proven connection, or why there is none on this path. */
function open(line: SyncLine, { local, partner }: HeartbeatPath): Promise<TLSSocket | Failed> {
  const identity = { from: line.node, to: line.peer, keyId: line.ring.sendId };
  const psk = syncKey(line.ring, identity) ?? Buffer.alloc(0);
  const options = {
    ...SYNC_TLS,
    host: partner,
    port: line.port,
    localAddress: local,
    pskCallback: () => ({ psk, identity: syncIdentityText(identity) }),
    // Is asked only where somebody shows a certificate in the place of the key.
    checkServerIdentity: () => new Error('a certificate in the place of the key'),
  };
  const socket = connect(options);
  return new Promise((resolve) => {
    let isConnected = false;
    const settle = (done: () => void): void => {
      clearTimeout(timer);
      done();
    };
    const fail = (problem: string): void => {
      socket.destroy();
      settle(() => resolve({ address: partner, problem, isConnected }));
    };
    let timer = setTimeout(() => fail('no connection in time'), patient(CONNECT_LIMIT_MS));
    socket.once('connect', () => {
      isConnected = true;
      clearTimeout(timer);
      timer = setTimeout(() => fail('no handshake in time'), patient(SYNC_LIMITS.handshakeMs));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    socket.once('close', () => fail('closed'));
    socket.once('secureConnect', () => {
      socket.removeAllListeners('close');
      settle(() => resolve(socket));
    });
  });
}

function denied(address: string, problem: string): UserError {
  return new UserError(
    `${address} did not prove to be the partner, or does not take this node for it: ${problem}`,
    {
      code: 'SYNC_DENIED',
      hint: "both directors need the same key file (lvsctl check); the log of the partner's pulse says why it refused",
    },
  );
}

function ask(socket: TLSSocket, request: string, limitMs: number): Promise<Frame> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(
        new UserError(`no answer from the partner: ${why}`, {
          code: 'SYNC_NO_ANSWER',
          hint: 'whether it took the file is not known: lvsctl status tells whether the files differ',
        }),
      );
    };
    const timer = setTimeout(() => fail(`none within ${limitMs} ms`), limitMs);
    const splitter = new LineSplitter(SYNC_FRAME_LIMIT_BYTES);
    socket.on('data', (chunk: Buffer) => {
      try {
        const [answer] = splitter.push(chunk);
        if (answer === undefined) return;
        clearTimeout(timer);
        resolve(decodeFrame(answer));
      } catch {
        fail('it is not understood');
      }
    });
    socket.once('close', () => fail('the connection was closed'));
    socket.write(request);
  });
}
