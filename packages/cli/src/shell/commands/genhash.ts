import { UserError } from '@piranha/common';
import type { CheckSpec } from '@piranha/config';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { wholeDigests } from '../../core/render-probe.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import { runProbe } from '../run-probe.js';
import { addressOf, type ProbeOptions, specOf, targetOf } from './probe.js';

export interface GenhashOptions extends ProbeOptions {
  /** Real server to ask in place of the host of the URL. */
  readonly server?: string;
}

/** `lvsctl genhash URL`: the digests of a page, as the word `digest` of a check block wants them. */
export async function genhash(io: LvsctlIo, text: string, options: GenhashOptions): Promise<ExitStatus> {
  const url = pageUrl(text);
  const secure = url.protocol === 'https:';
  const named = targetOf(url.host);
  const asked = options.server === undefined ? named : targetOf(options.server);
  const port = asked.port ?? named.port ?? (secure ? 443 : 80);
  const address = await addressOf(asked.host);
  const pairs = [
    ['path', `${url.pathname}${url.search}`],
    ['virtualhost', url.host],
    ['body_limit', String(64 * 1024 * 1024)],
  ] as const;
  const kind = secure ? 'ssl_get' : 'http_get';
  const spec = { ...(await specOf(io, kind, { address, port }, pairs)), readsBody: true } as CheckSpec;
  const { outcome } = await runProbe(address, port, options.timeout, { require: 'all', specs: [spec] });
  const digests = wholeDigests(outcome);
  if (digests === undefined) {
    throw new UserError(`no page to digest: ${outcome.reason}`, {
      code: 'GENHASH_NO_PAGE',
      exitCode: EXIT.no,
    });
  }
  const { md5, sha256 } = digests;
  if (options.json) printJson(io, { url: url.href, md5, sha256 });
  else printLines((line) => io.stdout(line), [`MD5 = ${md5}`, `SHA256 = ${sha256}`]);
  return EXIT.ok;
}

function pageUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '') return url;
  throw new UserError(`no address of a page: '${text}'`, {
    code: 'GENHASH_URL',
    hint: 'write it as http://HOST[:PORT]/PATH or https://…',
    exitCode: EXIT.usage,
  });
}
