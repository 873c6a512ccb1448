import { UserError } from '@piranha/common';
import {
  type AdoptionRecord,
  endFrozen,
  frozenOf,
  giveBack,
  goesOn,
  isPulseRunning,
  readAdoption,
  readPulse,
  removeAdoption,
} from '@piranha/migration';
import { type RunDirectory, runDirectory } from '@piranha/protocol';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { type LvsctlIo, printJson } from '../io.js';
import type { CommonOptions } from '../options.js';

function adoptionOf(files: RunDirectory): AdoptionRecord {
  const record = readAdoption(files.adoption);
  if (record !== undefined) return record;
  throw new UserError('no adoption is under way', {
    code: 'ADOPT_NONE',
    hint: 'lvsctl adopt FILE begins one',
    exitCode: EXIT.no,
  });
}

/** Whoever would take over while this node gives back has to be gone first. */
async function refusePartner(files: RunDirectory): Promise<void> {
  if (!isPulseRunning(files)) return;
  const { partner } = await readPulse(files);
  if (partner === 'none' || partner === 'silent') return;
  throw new UserError('the partner of this director runs and would take over', {
    code: 'ADOPT_PARTNER_RUNS',
    hint: 'stop pulse there first',
    exitCode: EXIT.no,
  });
}

function done(io: LvsctlIo, json: boolean | undefined, text: string): ExitStatus {
  if (json) printJson(io, { ok: true, text });
  else io.stdout(`${text}\n`);
  return EXIT.ok;
}

/** `lvsctl adopt --undo`: gives table and addresses back to the product that was frozen. */
export async function undoAdoption(io: LvsctlIo, { runDir, json }: CommonOptions): Promise<ExitStatus> {
  const files = runDirectory(runDir);
  const record = adoptionOf(files);
  const processes = frozenOf(record);
  if (processes.length === 0 && goesOn(record) && !isPulseRunning(files)) {
    removeAdoption(files.adoption);
    return done(io, json, `${record.kind} was not stopped: it serves`);
  }
  if (processes.length === 0) {
    throw new UserError(`${record.kind} does not stand frozen any more: there is nobody to give back to`, {
      code: 'ADOPT_NOBODY_FROZEN',
      hint: `Piranha serves on; to go back stop pulse and start ${record.kind}, with a gap, then --finish`,
      exitCode: EXIT.no,
    });
  }
  await refusePartner(files);
  await giveBack({ files, processes });
  return done(io, json, `${record.kind} serves again, as it did at ${record.at}`);
}

/** `lvsctl adopt --finish`: ends what is frozen; from now on there is no way back. */
export function finishAdoption(io: LvsctlIo, { runDir, json }: CommonOptions): ExitStatus {
  const files = runDirectory(runDir);
  const record = adoptionOf(files);
  const processes = frozenOf(record);
  endFrozen(processes);
  removeAdoption(files.adoption);
  const ended = processes.length === 0 ? 'was gone already' : `ended, ${processes.length} processes`;
  return done(io, json, `${record.kind} ${ended}: see that it does not start at the next boot`);
}
