import { PeerDatagrams } from '@piranha/net';
import type { CheckContext, CheckTarget } from '../../check.js';
import type { AnySpecPlan } from '../../core/check-plan.js';
import { limitStep, type StepInterruption, type StepLimits } from '../step-limit.js';
import { CheckFailure, systemFailure } from './connection.js';

/** A datagram, or why there is none. */
export type Heard = { readonly datagram: Buffer } | { readonly error: NodeJS.ErrnoException };

/**
 * Sends one datagram and waits for one, at most `limitMs`. Nobody but the server is heard, and the network where it says
 * that the server, its host or its port is not to be reached.
 * @param isAnswer other datagrams are not heeded, such as one that somebody else made up
 */
export async function askByDatagram(
  { address, port }: CheckTarget,
  payload: Uint8Array,
  { limitMs, signal }: StepLimits,
  isAnswer: (datagram: Buffer) => boolean = () => true,
): Promise<Heard | StepInterruption> {
  if (port === 0) return { error: new Error('no port to ask') };
  let hear = (_: Heard): void => {};
  const refuse = (code: string) => hear({ error: Object.assign(new Error(code), { code }) });
  const opened = openSocket(address, port, {
    onDatagram: (datagram) => isAnswer(datagram) && hear({ datagram }),
    onRefusal: refuse,
  });
  if ('error' in opened) return opened;
  const { socket } = opened;
  try {
    return await limitStep<Heard>(limitMs, signal, (settle) => {
      hear = settle;
      const refusal = socket.send(payload);
      if (refusal !== undefined) refuse(refusal);
    });
  } finally {
    socket.close();
  }
}

function openSocket(
  ...words: ConstructorParameters<typeof PeerDatagrams>
): { readonly socket: PeerDatagrams } | { readonly error: NodeJS.ErrnoException } {
  try {
    return { socket: new PeerDatagrams(...words) };
  } catch (error) {
    return { error: error as NodeJS.ErrnoException };
  }
}

/**
 * The same for the check of a block, which gives undefined when no answer comes.
 * @throws CheckFailure when the host refuses it, or nobody wants the answer any more
 */
export async function exchangeDatagram(
  { target }: AnySpecPlan,
  payload: Uint8Array,
  limitMs: number,
  { signal, trace }: CheckContext,
  isAnswer?: (datagram: Buffer) => boolean,
): Promise<Buffer | undefined> {
  trace?.('sent', payload);
  const heard = await askByDatagram(target, payload, { limitMs, signal }, isAnswer);
  if (heard === 'cancelled') throw new CheckFailure(heard);
  if (heard === 'timed out') return undefined;
  if ('error' in heard) throw systemFailure('datagram refused', heard.error);
  trace?.('received', heard.datagram);
  return heard.datagram;
}
