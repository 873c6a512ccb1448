import { binaryPath, patient, UserError } from '@piranha/common';
import { type Diagnostic, formatDiagnostic } from '@piranha/config';
import { execa } from 'execa';
import { z } from 'zod';

const CHECK_LIMIT_MS = 30_000;
const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;
/** Findings that are told; who needs more asks `lvsctl check`. */
const MOST_FINDINGS = 100;

const CHECKED = z.object({
  ok: z.boolean(),
  diagnostics: z.array(
    z.object({
      severity: z.enum(['error', 'warning']),
      code: z.string(),
      line: z.number(),
      column: z.number(),
      text: z.string(),
      hint: z.string().optional(),
    }),
  ),
});

export interface CheckedFile {
  readonly ok: boolean;
  /** Errors first, printed form. */
  readonly diagnostics: readonly string[];
}

/**
 * What `lvsctl check` says on this machine of bytes that are to become a file, in a process of its own: heartbeats do not
 * wait for a long file.
 * @throws UserError `SYNC_UNCHECKED` when it cannot say
 */
export async function checkBytes(bytes: Uint8Array, file: string): Promise<CheckedFile> {
  const ran = await execa(process.execPath, [binaryPath('lvsctl'), 'check', '--json', '-'], {
    reject: false,
    timeout: patient(CHECK_LIMIT_MS),
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_LIMIT_BYTES,
    input: bytes,
  });
  const checked = CHECKED.safeParse(jsonOf(String(ran.stdout ?? '')));
  if (!checked.success) {
    throw new UserError(
      `lvsctl check did not say whether ${file} is right: ${ran.shortMessage ?? 'no verdict'}`,
      {
        code: 'SYNC_UNCHECKED',
        hint: 'nothing was changed; run lvsctl check there',
      },
    );
  }
  const { ok, diagnostics } = checked.data;
  const ordered = [...diagnostics].sort((one, other) => Number(isWarning(one)) - Number(isWarning(other)));
  const printed = ordered.slice(0, MOST_FINDINGS).map((finding) => {
    const { hint, ...rest } = finding;
    return formatDiagnostic(file, hint === undefined ? rest : { ...rest, hint }, { hint: true });
  });
  const more = ordered.length - printed.length;
  return { ok, diagnostics: more > 0 ? [...printed, `and ${more} more`] : printed };
}

function isWarning({ severity }: Pick<Diagnostic, 'severity'>): boolean {
  return severity === 'warning';
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
