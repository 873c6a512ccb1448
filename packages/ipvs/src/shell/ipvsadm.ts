import { accessSync, constants } from 'node:fs';
import { patient, UserError } from '@piranha/common';
import { execa } from 'execa';

const DIRECTORIES = ['/sbin', '/usr/sbin', '/usr/local/sbin', '/bin', '/usr/bin'] as const;
const LIMIT_MS = 10_000;
/** On a slow machine a restore takes 1 to 2 ms a line. */
const LIMIT_PER_LINE_MS = 20;
/** 10,000 servers make about a megabyte. */
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;
/** Words of a command that an error shows. */
const SHOWN_WORDS = 8;

/** What one call of ipvsadm gave. */
export interface IpvsadmOutput {
  /** 0, 255 for a refusal by the kernel, 2 for words that ipvsadm rejects; a restore with refusals has 0 too. */
  readonly exitCode: number;
  readonly stdout: string;
  /** Its messages, one each. */
  readonly messages: readonly string[];
}

/** Exit codes of a program that cannot reach the kernel's table, as init scripts have them. */
const EXIT_FAILED = 1;
const EXIT_NO_PRIVILEGE = 4;
const EXIT_NOT_INSTALLED = 5;

/** The original's path of ipvsadm; where it is meant, systems that have it elsewhere are looked through. */
const USUAL_PATH = '/sbin/ipvsadm';

/** Whether a path means the system's own ipvsadm: another one may be a wrapper, which has to see every change. */
export function isSystemIpvsadm(path: string | undefined): boolean {
  return path === undefined || path === USUAL_PATH || path === '/usr/sbin/ipvsadm';
}

/** What Ipvsadm is to be made with for the path that an lvs.cf names. */
export function usualPath(path: string): string | undefined {
  return path === USUAL_PATH ? undefined : path;
}

/**
 * Runs `ipvsadm`, never through a shell. The module ip_vs is not loaded here: ipvsadm itself tries `modprobe ip_vs`
 * before it says that there is none, and the kernel loads the schedulers.
 */
export class Ipvsadm {
  private readonly program: string;

  /**
   * @param path an absolute path, or a name that is looked for in the system's directories
   * @throws UserError `IPVSADM_MISSING`
   */
  constructor(path = 'ipvsadm') {
    this.program = findProgram(path);
  }

  /**
   * One call. A refusal is an answer, not an error.
   * @param lines for `-R`, on its standard input
   * @throws UserError `IPVS_NO_MODULE`, `IPVS_NO_PRIVILEGE`, `IPVSADM_FAILED` (did not run, took too long, said too much)
   */
  async run(args: readonly string[], lines: readonly string[] = []): Promise<IpvsadmOutput> {
    const result = await execa(this.program, args, {
      reject: false,
      timeout: patient(LIMIT_MS) + lines.length * LIMIT_PER_LINE_MS,
      maxBuffer: OUTPUT_LIMIT_BYTES,
      env: { PATH: DIRECTORIES.join(':'), LC_ALL: 'C' },
      extendEnv: false,
      stripFinalNewline: false,
      ...(lines.length > 0 ? { input: `${lines.join('\n')}\n` } : { stdin: 'ignore' as const }),
    });
    if (result.timedOut) throw ipvsadmFailed(args, 'took too long');
    if (result.isMaxBuffer) throw ipvsadmFailed(args, 'said too much');
    if (result.exitCode === undefined) {
      throw ipvsadmFailed(args, result.originalMessage ?? result.shortMessage ?? 'did not run');
    }
    const messages = result.stderr.split('\n').filter((line) => line.trim() !== '');
    requireKernel(args, messages);
    return { exitCode: result.exitCode, stdout: result.stdout, messages };
  }
}

function findProgram(path: string): string {
  const candidates = path.includes('/') ? [path] : DIRECTORIES.map((directory) => `${directory}/${path}`);
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw new UserError(`${path} is not on this machine`, {
    code: 'IPVSADM_MISSING',
    hint: 'install the package ipvsadm, or try the suite with --director userspace',
    exitCode: EXIT_NOT_INSTALLED,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** "Can't initialize ipvs" is what every command says when the kernel's side is missing or closed to us. */
function requireKernel(args: readonly string[], messages: readonly string[]): void {
  const text = messages.find((line) => line.includes("Can't initialize ipvs"));
  if (text === undefined) return;
  if (/permission denied|must be root|not permitted/i.test(text)) {
    throw new UserError("no right to use the kernel's IPVS table", {
      code: 'IPVS_NO_PRIVILEGE',
      hint: 'run as root, or with the capability CAP_NET_ADMIN',
      exitCode: EXIT_NO_PRIVILEGE,
    });
  }
  if (!/protocol not available/i.test(text)) throw ipvsadmFailed(args, text);
  const why = messages.find((line) => line.startsWith('modprobe: '));
  throw new UserError(`this kernel has no IPVS${why === undefined ? '' : ` (${why})`}`, {
    code: 'IPVS_NO_MODULE',
    hint: 'load the module with modprobe ip_vs; without it, try the suite with --director userspace',
    exitCode: EXIT_NOT_INSTALLED,
  });
}

/** A call that went wrong in a way that is neither a refusal nor a missing kernel. */
export function ipvsadmFailed(args: readonly string[], problem: string): UserError {
  return new UserError(`ipvsadm ${args.slice(0, SHOWN_WORDS).join(' ')}: ${problem}`, {
    code: 'IPVSADM_FAILED',
    hint: 'run the same command by hand',
    exitCode: EXIT_FAILED,
  });
}
