import { createHash } from 'node:crypto';
import { errorText, UserError } from '@piranha/common';
import {
  type KeptFile,
  parseConfiguration,
  putAside,
  readFileLimited,
  replaceFile,
  type SourceFile,
  serialNumberOf,
} from '@piranha/config';
import type { ReloadAnswer, SyncAnswer } from '@piranha/protocol';
import { movesLink } from '../../core/sync-link.js';
import { type LoadedSettings, settingsOf } from '../load-settings.js';
import type { CheckedFile } from './check-file.js';

const FILE_LIMIT_BYTES = 4 * 1024 * 1024;

/** What this director has and can. */
export interface SyncHost {
  readonly configFile: string;
  /** What is in use. */
  readonly loaded: () => LoadedSettings;
  readonly reload: () => Promise<ReloadAnswer>;
  /** What `lvsctl check` says here of bytes that are to become this file. */
  readonly check: (bytes: Uint8Array, file: string) => Promise<CheckedFile>;
}

/** The lvs.cf of this director as it is on disk. */
export interface OwnFile {
  readonly source: SourceFile;
  readonly hash: string;
  readonly serial: number;
  readonly inUse: boolean;
}

export interface InstallOrder {
  /** Of the file that is to be replaced, as the operator saw it. */
  readonly expectedHash: string;
  readonly dryRun: boolean;
  readonly force: boolean;
}

/** The hash by which an lvs.cf is known: that of the beats. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

/** @throws UserError `FILE_READ`, `FILE_TOO_LARGE` */
export async function readOwn({ configFile, loaded }: SyncHost): Promise<OwnFile> {
  const source = await readFileLimited(configFile, FILE_LIMIT_BYTES);
  const hash = hashOf(source.bytes);
  return { source, hash, serial: serialNumberOf(source.bytes), inUse: hash === loaded().hash };
}

/** @throws UserError `SYNC_CHANGED` */
export function requireHash(found: string, expected: string, whose: string): void {
  if (found === expected) return;
  throw new UserError(`${whose} was changed meanwhile`, {
    code: 'SYNC_CHANGED',
    hint: 'nothing was copied; look at the differences again, then repeat the command',
  });
}

/**
 * Puts a file into the place of this director's lvs.cf and has it read, or leaves everything as it was.
 * @throws UserError of reading, checking and writing; then nothing is changed
 */
export async function installFile(
  host: SyncHost,
  bytes: Uint8Array,
  order: InstallOrder,
): Promise<SyncAnswer> {
  const own = await readOwn(host);
  requireHash(own.hash, order.expectedHash, host.configFile);
  const checked = await host.check(bytes, host.configFile);
  const { diagnostics } = checked;
  const no = (code: string, text: string, hint: string): SyncAnswer => ({
    ...{ ok: false, changed: false, operations: [], diagnostics, code, text, hint },
  });
  if (!checked.ok) return no('SYNC_INVALID', 'the check found errors', 'everything is as it was');
  if (!order.force && (await wouldMove(host, bytes))) {
    const hint = 'change both files by hand (docs/config-sync.md), or use --force: both sides reload at once';
    return no(
      'SYNC_LINK',
      'the file moves the heartbeats to other addresses, another port or another key file',
      hint,
    );
  }
  const changed = own.hash !== hashOf(bytes);
  const done = { ok: true, changed, diagnostics, serial: serialNumberOf(bytes) };
  if (order.dryRun) return { ...done, text: 'the file would be taken', operations: [] };
  const aside = changed ? await replace(own.source, bytes) : undefined;
  const answer = await reloadOrUndo(host, aside, hashOf(bytes));
  if (!answer.ok) {
    const text = `the director refused it: ${answer.diagnostics.join('; ')}`;
    return { ...no('SYNC_REFUSED', text, 'everything is as it was'), diagnostics: answer.diagnostics };
  }
  const kept = await aside?.keep();
  const { operations } = answer;
  return { ...done, text: 'the file is in use', operations, ...(kept === undefined ? {} : { kept }) };
}

async function wouldMove({ configFile, loaded }: SyncHost, bytes: Uint8Array): Promise<boolean> {
  const now = loaded();
  return movesLink(
    now,
    settingsOf(await parseConfiguration(bytes, configFile), configFile, now.settings.role),
  );
}

async function replace(source: SourceFile, bytes: Uint8Array): Promise<KeptFile> {
  const aside = await putAside(source);
  try {
    await replaceFile(source, bytes);
  } catch (error) {
    await aside.drop();
    throw error;
  }
  return aside;
}

async function reloadOrUndo(
  host: SyncHost,
  aside: KeptFile | undefined,
  newHash: string,
): Promise<ReloadAnswer> {
  const answer = await host
    .reload()
    .catch(
      (error: unknown): ReloadAnswer => ({ ok: false, diagnostics: [errorText(error)], operations: [] }),
    );
  if (answer.ok || aside === undefined) return answer;
  // What an editor has put there meanwhile stays.
  if ((await readOwn(host)).hash === newHash) await aside.restore();
  else await aside.keep();
  // What one part had taken before another one refused goes back too.
  await host.reload().catch(() => undefined);
  return answer;
}
