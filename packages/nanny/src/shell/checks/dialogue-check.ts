import type { Check } from '../../check.js';
import type { AnySpecPlan } from '../../core/check-plan.js';
import { DIALOGUE_LIMIT_BYTES, type Dialogue, type DialogueStep } from '../../core/kinds/dialogue.js';
import type { StepLimits } from '../step-limit.js';
import { CheckFailure, type Connection, conversationCheck, judged } from './connection.js';

/** More than any login takes; a server that goes on asking is none. */
const SENDS_LIMIT = 16;
/** The server's own end is waited for after a farewell, so that its log shows no broken connection, ms. */
const FAREWELL_MS = 500;

/** Holds a dialogue with a server, one connection for each run. `begin` may throw `CheckFailure`, before the connect. */
export function dialogueCheck(plan: AnySpecPlan, begin: (limits: StepLimits) => Promise<Dialogue>): Check {
  return {
    run: (context) =>
      judged(plan, async () => {
        const dialogue = await begin({ limitMs: plan.stepLimitMs, signal: context.signal });
        return conversationCheck(plan, (connection) => converse(dialogue, connection)).run(context);
      }),
  };
}

async function converse(dialogue: Dialogue, connection: Connection): Promise<string> {
  let step = dialogue.start();
  for (let sends = 0; sends <= SENDS_LIMIT; sends++) {
    if (step.type === 'send') await connection.write(step.bytes, step.shown);
    step = await hear(dialogue, connection);
    if (step.type === 'failed') throw new CheckFailure(step.problem);
    if (step.type === 'passed') {
      if (step.farewell) await takeLeave(connection, step.farewell);
      return step.reason;
    }
  }
  throw new CheckFailure('the server goes on asking');
}

/** What the dialogue makes of the server's next answer. */
async function hear(dialogue: Dialogue, connection: Connection): Promise<DialogueStep> {
  let seen = 0;
  try {
    return await connection.read((received) => {
      const step = dialogue.receive(received.subarray(seen));
      seen = received.length;
      return step.type === 'more' ? undefined : { value: step, taken: received.length };
    }, DIALOGUE_LIMIT_BYTES);
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
    throw new CheckFailure(`${error.message}, waiting for ${dialogue.stage}`);
  }
}

/** Whether the farewell arrives is nothing to the server's health. */
async function takeLeave(connection: Connection, farewell: Uint8Array): Promise<void> {
  try {
    await connection.write(farewell);
    await connection.read(
      (_, ended) => (ended ? { value: true, taken: 0 } : undefined),
      DIALOGUE_LIMIT_BYTES,
      FAREWELL_MS,
    );
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
  }
}
