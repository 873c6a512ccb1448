import type { MailConfig, NotifyConfig } from '@piranha/config';

/** Notifications as an lvs.cf without any of its words has them. */
export function notifyConfig(changes: Partial<NotifyConfig> = {}): NotifyConfig {
  return {
    program: undefined,
    serverProgram: undefined,
    waits: false,
    timeoutMs: 60_000,
    user: undefined,
    mail: undefined,
    lines: {},
    ...changes,
  };
}

/** Mail to two people through a server on 127.0.0.1. */
export function mailConfig(port: number, changes: Partial<MailConfig> = {}): MailConfig {
  return {
    to: ['ops@example.org', 'boss@example.org'],
    from: 'piranha@example.org',
    subjectPrefix: '[piranha]',
    mailsPerMinute: 60,
    host: '127.0.0.1',
    port,
    tls: 'none',
    caFile: undefined,
    user: undefined,
    passwordFile: undefined,
    ...changes,
  };
}
