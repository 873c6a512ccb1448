import { runDirectory } from '@piranha/protocol';
import { adviseHeartbeats } from '@piranha/protocol/heartbeat-advice';
import { heartbeatMeasurementSchema } from '@piranha/protocol/schemas';
import { adviceReasons } from '../../core/advice-reasons.js';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { renderAdvice } from '../../core/render-advice.js';
import { askFor } from '../daemons.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import type { CommonOptions } from '../options.js';

const ANSWER_LIMIT_MS = 5_000;

export interface AdviseOptions extends CommonOptions {
  /** Years in which one false takeover at most is wanted; absent: as lvs.cf says. */
  readonly rate?: number;
}

/** `lvsctl advise`: keepalive and deadtime by what pulse measured. Ends with 1 where too little was. */
export async function advise(io: LvsctlIo, options: AdviseOptions): Promise<ExitStatus> {
  const { pulseSocket } = runDirectory(options.runDir);
  const measured = await askFor(heartbeatMeasurementSchema, pulseSocket, 'heartbeats', ANSWER_LIMIT_MS);
  const advice = adviseHeartbeats(measured, options.rate ?? measured.falseTakeoverYears);
  if (options.json) printJson(io, { advice, reasons: adviceReasons(measured, advice), measured });
  else printLines((text) => io.stdout(text), renderAdvice(measured, advice));
  return advice.verdict === 'proposed' ? EXIT.ok : EXIT.no;
}
