import { type Check, type CheckOutcome, passed } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { readDynamicExit } from '../../core/kinds/program-exit.js';
import { splitProgram } from '../../core/program-words.js';
import { CheckFailure, judged, systemFailure } from './connection.js';
import { ProgramRun } from './program-run.js';

/**
 * Runs the operator's program. Its exit status decides, with misc_dynamic also the weight; where a text is expected it
 * must be the whole output. In ldirectord's form it gets four arguments: VIP VPORT RIP RPORT.
 */
export function exitStatusCheck(plan: SpecPlan<'program'>): Check {
  const { spec, target, stepLimitMs } = plan;
  return {
    run: ({ signal, trace }) =>
      judged(plan, async () => {
        const words = wordsOf(plan);
        trace?.('note', `${words.join(' ')} for ${target.address}`);
        const run = new ProgramRun(words);
        try {
          const ending = await run.ending(stepLimitMs, signal);
          trace?.('received', run.output());
          if (ending === 'cancelled') throw new CheckFailure(ending);
          if (ending === 'timed out') throw new CheckFailure('the program did not end in time');
          if (ending.type === 'error') throw systemFailure('cannot run it', ending.error);
          if (ending.code === null)
            throw new CheckFailure(`the program ended by ${ending.signal ?? 'a signal'}`);
          return judge(spec, ending.code, run.output());
        } finally {
          run.end();
        }
      }),
  };
}

/** The program and all its arguments. */
function wordsOf({ spec, target, service }: SpecPlan<'program'>): readonly string[] {
  const split = splitProgram(spec.program, target);
  if (!split.ok) throw new CheckFailure(`the program is unusable: ${split.error}`);
  if (spec.arguments !== 'ldirectord') return split.words;
  if (service === undefined)
    throw new CheckFailure('no virtual server is known, whose address the program wants');
  return [...split.words, service.address, String(service.port), target.address, String(target.port)];
}

function judge(spec: SpecPlan<'program'>['spec'], status: number, output: string): CheckOutcome {
  const exit = spec.miscDynamic ? readDynamicExit(status) : { ok: status === 0, weight: undefined };
  if (!exit.ok) throw new CheckFailure(`the program ended with status ${status}`);
  if (spec.output !== undefined && output !== spec.output) {
    throw new CheckFailure(
      output === '' ? 'the program printed nothing' : 'the program printed something else',
    );
  }
  if (!spec.miscDynamic) return passed('the program passed');
  if (exit.weight === undefined) return { ...passed('the program passed'), weight: 'configured' };
  return { ...passed(`the program passed, with weight ${exit.weight}`), weight: exit.weight };
}
