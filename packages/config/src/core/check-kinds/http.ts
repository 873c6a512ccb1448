import type { CheckSpecBase, HttpCheckSpec, PageSpec, SslCheckSpec } from '../../check-model.js';
import type { DirectiveSpec } from '../schema-types.js';
import type { Values } from '../values.js';
import { type CheckKind, checkWord, type TellProblem } from './kind.js';
import { buildTls, TLS_WORDS, tlsProblems } from './tls-words.js';

const DEFAULT_STATUSES = '200-299';
const DEFAULT_BODY_LIMIT_BYTES = 1024 * 1024;

/** Words of a page and its answer. */
const PAGE_WORDS: readonly DirectiveSpec[] = [
  checkWord({
    name: 'path',
    type: 'text',
    default: '/',
    help: 'What is asked for, with its query if there is one, such as `/health?deep=1`.',
  }),
  checkWord({
    name: 'method',
    type: 'keyword',
    choices: ['GET', 'HEAD', 'POST', 'OPTIONS'],
    default: 'GET',
    help: 'Method of the request; it has no body.',
  }),
  checkWord({
    name: 'http_protocol',
    type: 'keyword',
    choices: ['1.0', '1.1'],
    default: '1.1',
    help: 'Version of the request. The connection serves one request in either.',
  }),
  checkWord({
    name: 'virtualhost',
    type: 'text',
    help: 'Host header of the request. Absent: address and port of the real server.',
  }),
  checkWord({
    name: 'header',
    type: 'text',
    repeats: true,
    help: 'One more header, as `"Name: value"`; may stand more than once. Nothing secret: lvs.cf is no place for it, `headers_file` is.',
  }),
  checkWord({
    name: 'headers_file',
    type: 'text',
    help: 'File of more headers, one a line, an absolute path; it is read at each check and must be readable for its owner alone (mode 600).',
  }),
  checkWord({
    name: 'status_code',
    type: 'text',
    default: DEFAULT_STATUSES,
    help: 'Accepted status codes, such as `"200 204 300-399"`.',
  }),
  checkWord({
    name: 'body',
    type: 'text',
    help: 'Text that the body must hold.',
  }),
  checkWord({
    name: 'regex',
    type: 'text',
    help: 'POSIX extended regular expression that must match in the first 64 KiB of the body; less of it for a large expression.',
  }),
  checkWord({
    name: 'digest',
    type: 'text',
    help: 'MD5 (32 digits) or SHA-256 (64 digits) of the body, as `lvsctl genhash` prints them.',
  }),
  checkWord({
    name: 'body_limit',
    type: 'integer',
    range: [1, 64 * 1024 * 1024],
    default: DEFAULT_BODY_LIMIT_BYTES,
    help: 'Bytes of a body, 1 MiB unless given. One with more fails where the body counts; else it is not read.',
  }),
];

/** Ranges of status codes; none for a text that is no list of them. */
function statusRanges(text: string): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  for (const word of text.split(/[ \t,]+/).filter((part) => part !== '')) {
    const match = /^([1-9][0-9]{2})(?:-([1-9][0-9]{2}))?$/.exec(word);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    if (!match || to < from) return [];
    ranges.push([from, to]);
  }
  return ranges;
}

function buildPage(values: Values, base: CheckSpecBase): PageSpec {
  return {
    ...base,
    method: values.word('method'),
    path: values.word('path'),
    version: values.choice('http_protocol', ['1.0', '1.1'], '1.1'),
    headers: values.every('header'),
    statuses: statusRanges(values.word('status_code')),
    bodyLimitBytes: values.number('body_limit'),
    ...given('virtualHost', values.text('virtualhost')),
    ...given('headersFile', values.text('headers_file')),
    ...given('text', values.text('body')),
    ...given('regex', values.text('regex')),
    ...given('digest', values.text('digest')?.toLowerCase()),
  };
}

function given<Name extends string>(
  name: Name,
  value: string | undefined,
): { readonly [Key in Name]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: string };
}

/** A character that would end the line of a request, or part it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

function pageProblems(spec: PageSpec, tell: TellProblem): void {
  const { path, headers, headersFile, virtualHost, statuses, digest } = spec;
  if (!path.startsWith('/') || CONTROL.test(path) || path.includes(' ')) {
    const hint = 'begin it with /, and write %20 for a blank';
    tell('error', 'path', 'CF_CHECK_PATH', 'path is no path of a page', hint);
  }
  if (virtualHost !== undefined && (CONTROL.test(virtualHost) || /[ /]/.test(virtualHost))) {
    tell('error', 'virtualhost', 'CF_CHECK_NAME_BAD', 'virtualhost is no host', 'write NAME or NAME:PORT');
  }
  if (headers.some((header) => !isHeader(header))) {
    tell('error', 'header', 'CF_CHECK_HEADER', 'header is no header line', 'write header = "Name: value"');
  }
  if (headersFile !== undefined && !headersFile.startsWith('/')) {
    tell(
      'error',
      'headers_file',
      'CF_CHECK_PATH',
      'headers_file must be an absolute path',
      'begin it with /',
    );
  }
  if (statuses.length === 0) {
    const hint = 'write codes and ranges of 100 to 999, such as "200 204 300-399"';
    tell('error', 'status_code', 'CF_CHECK_STATUS', 'status_code is no list of status codes', hint);
  }
  if (digest !== undefined && !/^([0-9a-f]{32}|[0-9a-f]{64})$/.test(digest)) {
    const hint = 'lvsctl genhash prints both: 32 digits are an MD5, 64 a SHA-256';
    tell('error', 'digest', 'CF_CHECK_DIGEST', 'digest is neither an MD5 nor a SHA-256', hint);
  }
  bodyProblems(spec, tell);
}

function bodyProblems({ method, text, regex, digest }: PageSpec, tell: TellProblem): void {
  if (method !== 'HEAD') return;
  for (const [word, value] of Object.entries({ body: text, regex, digest })) {
    if (value === undefined) continue;
    const hint = 'write method = GET, or delete the line';
    tell('error', word, 'CF_CHECK_NO_BODY', `${word} never matches: the answer to HEAD has no body`, hint);
  }
}

function isHeader(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*\S/.test(text) && !CONTROL.test(text.replaceAll('\t', ''));
}

/** A page over plain HTTP. */
export const httpGetKind: CheckKind<HttpCheckSpec> = {
  kind: 'http_get',
  help: 'Passes when a page comes with an accepted status code, and with the body that is wanted if any.',
  words: PAGE_WORDS,
  usesPort: true,
  build: (values, base) => ({ kind: 'http_get', ...buildPage(values, base) }),
  problems: pageProblems,
};

/** A page over TLS. */
export const sslGetKind: CheckKind<SslCheckSpec> = {
  kind: 'ssl_get',
  help: 'As `http_get`, over TLS. Without `sni` the host name of `virtualhost` is asked for in the handshake.',
  words: [...PAGE_WORDS, ...TLS_WORDS],
  usesPort: true,
  build: (values, base) => {
    const page = buildPage(values, base);
    return { kind: 'ssl_get', ...page, tls: buildTls(values, hostName(page.virtualHost)) };
  },
  problems: (spec, tell) => {
    pageProblems(spec, tell);
    tlsProblems(spec.tls, tell);
  },
};

/** The name in a Host header; none for an address, which a handshake cannot ask for. */
function hostName(host: string | undefined): string | undefined {
  const name = host?.replace(/:[0-9]+$/, '');
  return name !== undefined && /[A-Za-z]/.test(name) && !name.includes(':') ? name : undefined;
}
