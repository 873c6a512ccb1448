import { lookup } from 'node:dns/promises';
import { UserError } from '@piranha/common';
import { type CheckSpec, parseConfiguration } from '@piranha/config';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { type ProbeTarget, probeFile, readTarget } from '../../core/probe-words.js';
import { outcomeLines, pieceJson, pieceLines } from '../../core/render-probe.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import type { CommonOptions } from '../options.js';
import { runProbe } from '../run-probe.js';

export interface ProbeOptions extends CommonOptions {
  /** Limit of each step, seconds. */
  readonly timeout: number;
}

/** `lvsctl probe KIND HOST:PORT [NAME=VALUE...]`: one check by hand, with what went over the wire. */
export async function probe(
  io: LvsctlIo,
  kind: string,
  place: string,
  words: readonly string[],
  options: ProbeOptions,
): Promise<ExitStatus> {
  const target = targetOf(place);
  const address = await addressOf(target.host);
  const spec = await specOf(io, kind, { address, port: target.port }, words.map(pairOf));
  const { pieces, outcome } = await runProbe(address, target.port ?? 0, options.timeout, {
    require: 'all',
    specs: [spec],
  });
  if (options.json) {
    const wire = pieces.map(pieceJson);
    printJson(io, {
      kind,
      address,
      ...(target.port === undefined ? {} : { port: target.port }),
      ...outcome,
      wire,
    });
  } else {
    printLines((text) => io.stdout(text), [...pieces.flatMap(pieceLines), ...outcomeLines(outcome)]);
  }
  return outcome.ok ? EXIT.ok : EXIT.no;
}

/** @throws UserError `PROBE_TARGET` */
export function targetOf(place: string): ProbeTarget {
  const target = readTarget(place);
  if (target) return target;
  throw usage(
    `no place to probe: '${place}'`,
    'PROBE_TARGET',
    'write HOST:PORT, an IPv6 address in brackets',
  );
}

/** The address of a host; names are looked up. @throws UserError `PROBE_HOST` */
export async function addressOf(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`'${host}' has no address: ${code}`, {
      code: 'PROBE_HOST',
      hint: 'write the address of the real server',
      exitCode: EXIT.trouble,
    });
  }
}

function pairOf(word: string): readonly [string, string] {
  const at = word.indexOf('=');
  const name = word.slice(0, Math.max(0, at));
  if (name === 'kind')
    throw usage('the kind stands before HOST:PORT', 'PROBE_WORD', 'lvsctl probe KIND HOST:PORT');
  if (name !== '') return [name, word.slice(at + 1)];
  throw usage(
    `'${word}' is no NAME=VALUE`,
    'PROBE_WORD',
    'the words are those of check blocks, such as path=/health',
  );
}

/**
 * The check that words of a check block describe; warnings about them go to standard error.
 * @throws UserError with the code of the first error in them
 */
export async function specOf(
  io: LvsctlIo,
  kind: string,
  server: { readonly address: string; readonly port: number | undefined },
  pairs: readonly (readonly [string, string])[],
): Promise<CheckSpec> {
  const file = probeFile(kind, server.address, server.port, pairs);
  const { configuration, diagnostics } = await parseConfiguration(
    new TextEncoder().encode(file.text),
    'probe',
  );
  const found = diagnostics.filter(({ line }) => line >= file.firstLine && line <= file.lastLine);
  const error = found.find(({ severity }) => severity === 'error');
  if (error) throw usage(error.text, error.code, error.hint);
  for (const { code, text } of found) io.stderr(`lvsctl: warning ${code}: ${text}\n`);
  if (diagnostics.some(({ code }) => code === 'CF_CHECK_PORT_ZERO')) {
    throw usage(`kind ${kind} asks a port`, 'PROBE_TARGET', 'write HOST:PORT');
  }
  const spec = configuration?.virtualServers[0]?.check.specs[0];
  if (spec) return spec;
  const other = diagnostics.find(({ severity }) => severity === 'error');
  throw usage(other?.text ?? 'no check', other?.code ?? 'PROBE_WORD', other?.hint);
}

function usage(message: string, code: string, hint: string | undefined): UserError {
  return new UserError(message, { code, ...(hint === undefined ? {} : { hint }), exitCode: EXIT.usage });
}
