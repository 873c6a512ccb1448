import { errorText } from '@piranha/common';
import type { MailConfig } from '@piranha/config';
import { createTransport } from 'nodemailer';
import type { MailText } from '../core/mail-text.js';
import { readCertificates, readPassword } from './secrets.js';

const CONNECT_LIMIT_MS = 10_000;
const SILENCE_LIMIT_MS = 20_000;
/** However slowly the server talks, ms. */
const WHOLE_LIMIT_MS = 60_000;
const PROBLEM_LIMIT = 300;

/**
 * Sends one mail.
 * @param host name of this node, for the sender and the greeting
 * @throws Error with a text that names no secret
 */
export async function sendMail(config: MailConfig, host: string, text: MailText): Promise<void> {
  const password = config.passwordFile === undefined ? undefined : readPassword(config.passwordFile);
  const transport = createTransport({
    host: config.host,
    port: config.port,
    name: host,
    secure: config.tls === 'implicit',
    requireTLS: config.tls === 'starttls',
    ignoreTLS: config.tls === 'none',
    ...(config.tls === 'none' ? {} : { tls: tlsOptions(config) }),
    ...(config.user === undefined || password === undefined
      ? {}
      : { auth: { user: config.user, pass: password } }),
    connectionTimeout: CONNECT_LIMIT_MS,
    greetingTimeout: CONNECT_LIMIT_MS,
    dnsTimeout: CONNECT_LIMIT_MS,
    socketTimeout: SILENCE_LIMIT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const message = {
    from: config.from ?? `piranha@${host}`,
    to: [...config.to],
    subject: text.subject,
    text: text.body,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
  try {
    await withinLimit(transport.sendMail(message));
  } catch (error) {
    throw new Error(problemText(error, config.user, password));
  } finally {
    transport.close();
  }
}

function tlsOptions({ caFile }: MailConfig): { readonly minVersion: 'TLSv1.2'; readonly ca?: string } {
  return { minVersion: 'TLSv1.2', ...(caFile === undefined ? {} : { ca: readCertificates(caFile) }) };
}

async function withinLimit(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not sent after ${WHOLE_LIMIT_MS} ms`)), WHOLE_LIMIT_MS);
    timer.unref();
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}

/** A server may repeat what it was sent: by LOGIN the password alone, by PLAIN together with the user. */
function problemText(error: unknown, user = '', password?: string): string {
  const texts = password === undefined ? [] : [`\0${user}\0${password}`, password];
  const secrets = texts.flatMap((secret) => [Buffer.from(secret).toString('base64'), secret]);
  const clean = secrets.reduce((left, secret) => left.replaceAll(secret, '***'), errorText(error));
  return clean.slice(0, PROBLEM_LIMIT);
}
