import { createSocket } from 'node:dgram';
import { addressFamily } from '@piranha/common';
import type { CheckContext } from '../../check.js';
import type { AnySpecPlan } from '../../core/check-plan.js';
import { limitStep } from '../step-limit.js';
import { CheckFailure, systemFailure } from './connection.js';

type Heard = { readonly datagram: Buffer } | { readonly error: NodeJS.ErrnoException };

/**
 * Sends one datagram and waits for one, at most `limitMs`; undefined when none comes. Nobody but the server is heard.
 * @param isAnswer other datagrams are not heeded, such as one that somebody else made up
 * @throws CheckFailure when the host refuses it, or nobody wants the answer any more
 */
export async function exchangeDatagram(
  { target }: AnySpecPlan,
  payload: Uint8Array,
  limitMs: number,
  { signal, trace }: CheckContext,
  isAnswer: (datagram: Buffer) => boolean = () => true,
): Promise<Buffer | undefined> {
  // Node would throw.
  if (target.port === 0) throw new CheckFailure('no port to ask');
  const socket = createSocket(addressFamily(target.address) === 6 ? 'udp6' : 'udp4');
  try {
    trace?.('sent', payload);
    const heard = await limitStep<Heard>(limitMs, signal, (settle) => {
      const onError = (error: Error | null) => error && settle({ error });
      socket.on('error', onError);
      socket.on('message', (datagram) => {
        if (isAnswer(datagram)) settle({ datagram });
      });
      socket.connect(target.port, target.address, () => socket.send(payload, onError));
    });
    if (heard === 'cancelled') throw new CheckFailure(heard);
    if (heard === 'timed out') return undefined;
    if ('error' in heard) throw systemFailure('datagram refused', heard.error);
    trace?.('received', heard.datagram);
    return heard.datagram;
  } finally {
    socket.close();
  }
}
