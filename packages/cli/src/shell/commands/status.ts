import { readAdoption } from '@piranha/migration/record';
import { runDirectory } from '@piranha/protocol';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { renderStatus } from '../../core/render-status.js';
import { type DaemonAnswer, isLvsdWanted, type StatusView } from '../../core/status-view.js';
import { daemonAnswers } from '../daemon-answers.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import type { CommonOptions } from '../options.js';

export interface StatusOptions extends CommonOptions {
  readonly verbose?: true;
}

function exitStatusOf(view: StatusView): ExitStatus {
  if (!view.pulse.reached && !view.lvsd.reached) return EXIT.unreachable;
  return view.pulse.reached && (view.lvsd.reached || !isLvsdWanted(view)) ? EXIT.ok : EXIT.no;
}

function jsonOf<T>(answer: DaemonAnswer<T>): unknown {
  return answer.reached ? answer.status : { unreachable: answer.reason };
}

/** `lvsctl status`: what this director does, why and since when; as much as the daemons that answer can tell. */
export async function status(io: LvsctlIo, options: StatusOptions): Promise<ExitStatus> {
  const files = runDirectory(options.runDir);
  const { pulse, lvsd, guardian } = await daemonAnswers(files);
  const found = readAdoption(files.adoption);
  const adoption = found && { kind: found.kind, at: found.at };
  const shown = { runDirectory: options.runDir, ...(adoption && { adoption }) };
  const watched = guardian && { guardian };
  const view: StatusView = { ...shown, pulse, lvsd, ...watched };
  if (options.json) printJson(io, { ...shown, pulse: jsonOf(pulse), lvsd: jsonOf(lvsd), ...watched });
  else printLines((text) => io.stdout(text), renderStatus(view, io.nowMs(), options.verbose));
  return exitStatusOf(view);
}
