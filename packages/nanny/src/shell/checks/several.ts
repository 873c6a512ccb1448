import { CANCELLED, type Check, type CheckContext, type CheckOutcome } from '../../check.js';
import type { PlanOf } from '../../core/check-plan.js';
import { Cancellation } from '../cancellation.js';

/**
 * Runs the checks of one server side by side. As soon as one decides (a failure where all must pass, a success where
 * one is enough) the others are cancelled.
 */
export function severalChecks(plan: PlanOf<'all-of' | 'any-of'>, checks: readonly Check[]): Check {
  const deciding = plan.kind === 'any-of';
  return { run: (context) => runSeveral(checks, deciding, context) };
}

async function runSeveral(
  checks: readonly Check[],
  deciding: boolean,
  { signal, ...context }: CheckContext,
): Promise<CheckOutcome> {
  const rest = new Cancellation();
  const cancelRest = () => rest.abort();
  signal.addEventListener('abort', cancelRest);
  if (signal.aborted) cancelRest();
  let decision: CheckOutcome | undefined;
  const runs = checks.map(async (check) => {
    const outcome = await check.run({ ...context, signal: rest });
    if (outcome.undecided || outcome.ok !== deciding || rest.aborted) return outcome;
    decision = outcome;
    cancelRest();
    return outcome;
  });
  try {
    const outcomes = await Promise.all(runs);
    const notices = outcomes.flatMap((outcome) => outcome.notices ?? []);
    const told = decision ?? (signal.aborted ? CANCELLED : together(outcomes));
    return notices.length === 0 ? told : { ...told, notices };
  } finally {
    signal.removeEventListener('abort', cancelRest);
  }
}

/** What all of them say; nothing where one could not be made. Else: that they passed, with the least weight, or why each failed, with the log line of the first. */
function together(outcomes: readonly CheckOutcome[]): CheckOutcome {
  const undecided = outcomes.find((outcome) => outcome.undecided);
  if (undecided) return undecided;
  const reason = outcomes.map((outcome) => outcome.reason).join('; ');
  const asked = outcomes.flatMap(({ weight }) => weight ?? []);
  const topic = outcomes.map((outcome) => outcome.topic ?? outcome.reason).join('; ');
  const told = { ...(outcomes[0] as CheckOutcome), reason, ...(topic === reason ? {} : { topic }) };
  if (asked.length === 0) return told;
  const weights = asked.filter((weight) => weight !== 'configured');
  return { ...told, weight: weights.length === 0 ? 'configured' : Math.min(...weights) };
}
