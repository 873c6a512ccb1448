import { UserError } from '@piranha/common';
import { parse } from 'ini';
import { z } from 'zod';
import { nearestWord } from './suggest.js';

const path = z.string().startsWith('/', 'an absolute path is expected');
const flag = z.boolean('true or false is expected');

const schema = z.strictObject({
  paths: z
    .strictObject({
      run_dir: path.default('/run/piranha'),
      state_dir: path.optional(),
      log_dir: path.optional(),
    })
    .prefault({}),
  log: z
    .strictObject({ format: z.enum(['text', 'json']).default('text'), verbose: flag.default(false) })
    .prefault({}),
  director: z.strictObject({ backend: z.enum(['kernel', 'userspace']).default('kernel') }).prefault({}),
  node: z
    .strictObject({
      role: z.enum(['primary', 'backup']).optional(),
      name: z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,63}$/, 'the name of a director block is expected')
        .optional(),
    })
    .prefault({}),
});

/** What concerns one node alone, from piranha.ini; command line options win over it. */
export interface PiranhaIni {
  readonly runDirectory: string;
  /** What outlives the machine; undefined: as the run directory asks for. */
  readonly stateDirectory: string | undefined;
  /** Undefined: no log files. */
  readonly logDirectory: string | undefined;
  readonly logFormat: 'text' | 'json';
  readonly verbose: boolean;
  readonly backend: 'kernel' | 'userspace';
  /** Undefined: found by the node's own addresses. */
  readonly role: 'primary' | 'backup' | undefined;
  /** Its `director` block of lvs.cf; undefined: found by the node's own addresses. */
  readonly name: string | undefined;
}

/** Line from 1 on which a section or a key of it is first written. */
function lineOf(text: string, section: string, key: string | undefined): number {
  let current = '';
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const header = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.trim();
    if (header !== undefined) current = header;
    const name = header === undefined ? /^\s*([^=;#\s]+)/.exec(line)?.[1] : undefined;
    if (key === undefined && (header === section || (current === '' && name === section))) return index + 1;
    if (key !== undefined && current === section && name === key) return index + 1;
  }
  return 1;
}

function knownNames(section: string | undefined): string[] {
  if (section === undefined) return Object.keys(schema.shape);
  const part = schema.shape[section as keyof typeof schema.shape];
  return part ? Object.keys(part.unwrap().shape) : [];
}

function issueError(file: string, text: string, issue: z.core.$ZodIssue): UserError {
  const [section, key] = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys[0] ?? '';
    const line = section === undefined ? lineOf(text, unknown, undefined) : lineOf(text, section, unknown);
    const known = knownNames(section);
    const nearest = nearestWord(unknown, known);
    return new UserError(
      `${file}:${line}: unknown ${section === undefined ? 'section' : 'key'} '${unknown}'`,
      {
        code: section === undefined ? 'INI_UNKNOWN_SECTION' : 'INI_UNKNOWN_KEY',
        hint: `${nearest ? `did you mean ${nearest}? ` : ''}Known are ${known.join(', ')}`,
      },
    );
  }
  const line = lineOf(text, section ?? '', key);
  const name = [section, key].filter((part) => part !== undefined).join('.');
  const message = `${file}:${line}: bad value of ${name}: ${issue.message}`;
  const hint = key === undefined ? 'write [section] and key = value lines' : 'see the sample piranha.ini';
  return new UserError(message, { code: 'INI_BAD_VALUE', hint });
}

/**
 * Reads the text of a piranha.ini.
 * @throws UserError `INI_UNKNOWN_SECTION`, `INI_UNKNOWN_KEY` or `INI_BAD_VALUE`, with `FILE:LINE:` in the text.
 */
export function parsePiranhaIni(text: string, file: string): PiranhaIni {
  const result = schema.safeParse({ ...parse(text) });
  const issue = result.error?.issues[0];
  if (issue || !result.data) throw issueError(file, text, issue as z.core.$ZodIssue);
  const { paths, log, director, node } = result.data;
  return {
    runDirectory: paths.run_dir,
    stateDirectory: paths.state_dir,
    logDirectory: paths.log_dir,
    logFormat: log.format,
    verbose: log.verbose,
    backend: director.backend,
    role: node.role,
    name: node.name,
  };
}
