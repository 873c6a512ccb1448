import type { TlsRules } from '../../check-model.js';
import type { DirectiveSpec } from '../schema-types.js';
import type { Values } from '../values.js';
import { checkWord, type TellProblem } from './kind.js';

/** Words of every kind that speaks TLS. */
export const TLS_WORDS: readonly DirectiveSpec[] = [
  checkWord({
    name: 'verify',
    type: 'keyword',
    choices: ['none', 'ca', 'name'],
    default: 'none',
    help: '`none`: any certificate passes. `ca`: it must be valid today and signed by an authority that is trusted. `name`: that, and it must be for the name of `sni`.',
  }),
  checkWord({
    name: 'sni',
    type: 'text',
    help: 'Name that is asked for in the handshake, and that `verify = name` expects in the certificate.',
  }),
  checkWord({
    name: 'ca_file',
    type: 'text',
    help: 'PEM file of the authorities that are trusted, an absolute path; it is read at each check. Absent: the public ones, which come with Node.',
  }),
  checkWord({
    name: 'certificate_days',
    type: 'integer',
    range: [0, 3650],
    default: 14,
    help: 'A certificate that ends within so many days is warned of, once; 0 = never.',
  }),
];

const VERIFIES: readonly TlsRules['verify'][] = ['none', 'ca', 'name'];

/** What the words of TLS say. */
export function buildTls(values: Values, otherName?: string): TlsRules {
  const serverName = values.text('sni') ?? otherName;
  const caFile = values.text('ca_file');
  return {
    verify: values.choice('verify', VERIFIES, 'none'),
    ...(serverName === undefined ? {} : { serverName }),
    ...(caFile === undefined ? {} : { caFile }),
    warnDays: values.number('certificate_days'),
  };
}

/** True for what a certificate can be for: a host name with a letter in it. */
function isName(text: string): boolean {
  return /^(?=.{1,253}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(text) && /[A-Za-z]/.test(text);
}

/** Rules between the words of TLS. */
export function tlsProblems({ verify, serverName, caFile }: TlsRules, tell: TellProblem): void {
  if (serverName !== undefined && !isName(serverName)) {
    tell(
      'error',
      'sni',
      'CF_CHECK_NAME_BAD',
      'no host name for the handshake',
      'write sni = NAME, without a port',
    );
  }
  if (verify === 'name' && serverName === undefined) {
    const text = 'verify = name needs the name that the certificate is for';
    tell('error', 'verify', 'CF_CHECK_MISSING', text, 'write sni = NAME');
  }
  if (caFile !== undefined && !caFile.startsWith('/')) {
    tell('error', 'ca_file', 'CF_CHECK_PATH', 'ca_file must be an absolute path', 'begin it with /');
  }
  if (caFile !== undefined && verify === 'none') {
    const text = 'ca_file is not used: verify = none';
    tell('warning', 'ca_file', 'CF_CHECK_UNUSED', text, 'write verify = ca or verify = name');
  }
}
