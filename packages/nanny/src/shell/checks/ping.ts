import { UserError } from '@piranha/common';
import { EchoSocket } from '@piranha/net';
import type { Check, CheckContext } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { limitStep } from '../step-limit.js';
import { CheckFailure, judged } from './connection.js';

/** The server is up when it answers an ICMP echo, of IPv4 or IPv6. Word that it cannot be reached ends the wait. */
export function pingCheck(plan: SpecPlan<'ping'>): Check {
  return {
    run: (context) =>
      judged(plan, async () => {
        await ask(plan, context);
        return 'echo answered';
      }),
  };
}

type Heard = 'answered' | { readonly problem: string };

async function ask(
  { target, stepLimitMs }: SpecPlan<'ping'>,
  { signal, trace }: CheckContext,
): Promise<void> {
  let hear = (_: Heard): void => {};
  const socket = openSocket(target.address, (heard) => hear(heard));
  try {
    trace?.('note', `ICMP echo to ${target.address}`);
    const heard = await limitStep<Heard>(stepLimitMs, signal, (settle) => {
      hear = settle;
      const error = socket.send(0);
      if (error !== undefined) settle({ problem: `echo not sent: ${error}` });
    });
    if (heard === 'timed out') throw new CheckFailure('no answer in time');
    if (heard === 'cancelled') throw new CheckFailure(heard);
    if (heard !== 'answered') throw new CheckFailure(heard.problem);
    trace?.('note', `ICMP echo of ${target.address} came back`);
  } finally {
    socket.close();
  }
}

function openSocket(address: string, hear: (heard: Heard) => void): EchoSocket {
  try {
    return new EchoSocket(
      address,
      () => hear('answered'),
      (reason) => hear({ problem: `echo did not arrive: ${reason}` }),
    );
  } catch (error) {
    if (error instanceof UserError) {
      throw new CheckFailure(`${error.message} (${error.hint})`, { code: error.message.split(' ').at(-1) });
    }
    throw error;
  }
}
