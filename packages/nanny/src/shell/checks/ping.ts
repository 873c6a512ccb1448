import { UserError } from '@piranha/common';
import { EchoSocket } from '@piranha/net';
import type { Check, CheckContext } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { limitStep } from '../step-limit.js';
import { CheckFailure, judged } from './connection.js';

/** The server is up when it answers an ICMP echo, of IPv4 or IPv6. */
export function pingCheck(plan: SpecPlan<'ping'>): Check {
  return {
    run: (context) =>
      judged(plan, async () => {
        await ask(plan, context);
        return 'echo answered';
      }),
  };
}

async function ask(
  { target, stepLimitMs }: SpecPlan<'ping'>,
  { signal, trace }: CheckContext,
): Promise<void> {
  let onReply = (): void => {};
  const socket = openSocket(target.address, () => onReply());
  try {
    trace?.('note', `ICMP echo to ${target.address}`);
    const heard = await limitStep<'answered' | { readonly error: string }>(stepLimitMs, signal, (settle) => {
      onReply = () => settle('answered');
      const error = socket.send(0);
      if (error !== undefined) settle({ error });
    });
    if (heard === 'timed out') throw new CheckFailure('no answer in time');
    if (heard === 'cancelled') throw new CheckFailure(heard);
    if (heard !== 'answered') throw new CheckFailure(`echo not sent: ${heard.error}`);
  } finally {
    socket.close();
  }
}

function openSocket(address: string, onReply: () => void): EchoSocket {
  try {
    return new EchoSocket(address, onReply);
  } catch (error) {
    if (error instanceof UserError) {
      throw new CheckFailure(`${error.message} (${error.hint})`, { code: error.message.split(' ').at(-1) });
    }
    throw error;
  }
}
