import { type MailConfig, type NotifyConfig, parseLvsCf } from '@piranha/config';

const BARE_FILE = `primary = 192.0.2.1
virtual web {
  active = 1
  address = 192.0.2.100 eth0:1
  server a {
    address = 10.0.0.11
    active = 1
  }
}
`;

/** Notifications as an lvs.cf without any of its words has them. */
export function notifyConfig(changes: Partial<NotifyConfig> = {}): NotifyConfig {
  const { configuration, diagnostics } = parseLvsCf(BARE_FILE);
  if (!configuration) throw new Error(JSON.stringify(diagnostics));
  return { ...configuration.notify, ...changes };
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
