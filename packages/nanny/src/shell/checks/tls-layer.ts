import { X509Certificate } from 'node:crypto';
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { monotonicNowMs } from '@piranha/common';
import type { TlsRules } from '@piranha/config';
import { certificatesProblem, readCheckFile } from '@piranha/config/check-files';
import { serverName } from '../../check.js';
import { endingDays, WarnedCertificates } from '../../core/certificate.js';
import type { AnySpecPlan } from '../../core/check-plan.js';
import { CheckFailure, type Connection, errorText } from './connection.js';
import { FileReads, unreadable } from './file-reads.js';

const authorityFiles = new FileReads((path) => readCheckFile(path, 'certificates'));

/** The TLS of one check, through all its rounds: trusted authorities are read once, a certificate is warned of once. */
export class TlsLayer {
  private context: { readonly text: string; readonly made: SecureContext } | undefined;
  private readonly warned = new WarnedCertificates();

  constructor(
    private readonly plan: AnySpecPlan,
    private readonly rules: TlsRules,
  ) {}

  /**
   * Lets TLS begin on a connection and looks at the certificate; what is to be warned of is noted there.
   * @throws CheckFailure
   */
  async begin(connection: Connection): Promise<void> {
    const { serverName: servername } = this.rules;
    const secureContext = await this.contextOfFile(connection);
    const socket = await connection.secure(
      (below) =>
        connect({
          socket: below,
          // Judged below, so that the reason can be told.
          rejectUnauthorized: false,
          checkServerIdentity: () => undefined,
          ...(servername === undefined ? {} : { servername }),
          ...(secureContext === undefined ? {} : { secureContext }),
        }),
      'secureConnect',
    );
    const name = [socket.getProtocol(), socket.getCipher()?.name].join(' ');
    connection.note(`TLS: ${name}; certificate of ${socket.getPeerCertificate().subject?.CN ?? 'nobody'}`);
    this.warn(socket, connection);
    this.judge(socket);
  }

  private async contextOfFile({ limits }: Connection): Promise<SecureContext | undefined> {
    const { caFile, verify } = this.rules;
    if (caFile === undefined || verify === 'none') return undefined;
    const read = await authorityFiles.read(caFile, limits);
    if (!read.ok) throw unreadable(caFile, read);
    const { text } = read;
    if (this.context?.text === text) return this.context.made;
    const problem = certificatesProblem(text);
    if (problem !== undefined) throw new CheckFailure(`cannot use ${caFile}: ${problem}`);
    try {
      // Without a certificate that can be read, OpenSSL would trust the public authorities.
      new X509Certificate(text);
      this.context = { text, made: createSecureContext({ ca: text }) };
    } catch (error) {
      throw new CheckFailure(`${caFile} is no PEM file of certificates: ${errorText(error as Error)}`);
    }
    return this.context.made;
  }

  private judge(socket: TLSSocket): void {
    const { verify, serverName: wanted } = this.rules;
    if (verify === 'none') return;
    if (!socket.authorized) throw new CheckFailure(`certificate refused: ${errorText(refusalOf(socket))}`);
    const wrong = verify === 'name' && checkServerIdentity(wanted ?? '', socket.getPeerCertificate());
    if (wrong) throw new CheckFailure(`certificate is not for ${wanted}`);
  }

  private warn(socket: TLSSocket, connection: Connection): void {
    const { valid_to: until, fingerprint256: fingerprint } = socket.getPeerCertificate();
    const days = until === undefined ? undefined : endingDays(until, this.rules.warnDays, Date.now());
    if (days === undefined) return;
    const event = days < 0 ? 'NANNY_CERTIFICATE_ENDED' : 'NANNY_CERTIFICATE_ENDS';
    if (!this.warned.isNews(event, fingerprint, monotonicNowMs())) return;
    const { spec, target } = this.plan;
    const fields = { check: spec.name, server: serverName(target), until, days };
    connection.notices.push({ event, fields });
  }
}

/** Node gives a code where its types say an error. */
function refusalOf(socket: TLSSocket): Error {
  const refusal: unknown = socket.authorizationError;
  return refusal instanceof Error ? refusal : new Error(String(refusal));
}
