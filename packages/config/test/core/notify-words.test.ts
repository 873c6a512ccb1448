import { describe, expect, it } from 'vitest';
import { isMailAddress, parseSmtpServer } from '../../src/core/builder-notify.js';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import type { NotifyConfig } from '../../src/model.js';
import { configurationOf, PAIR, SERVICE } from '../samples.js';

const FILE = PAIR + SERVICE;
const MAIL = 'mail_to = ops@example.org\nsmtp_server = mail.example.org\n';

function notifyOf(text: string): NotifyConfig {
  return configurationOf(text + FILE).notify;
}

function codesOf(text: string): string[] {
  return parseLvsCf(text + FILE).diagnostics.map(({ code, line }) => `${code} ${line}`);
}

describe('the words about notifications', () => {
  it('have defaults that tell nobody', () => {
    expect(notifyOf('')).toEqual({
      program: undefined,
      serverProgram: undefined,
      waits: false,
      waitsToLeave: false,
      activeCommandWaits: false,
      inactiveCommandWaits: false,
      timeoutMs: 60_000,
      user: undefined,
      mail: undefined,
      lines: {},
    });
  });

  it('mean what they say', () => {
    const text = `notify = "/etc/piranha/n.sh -x"
notify_server = /etc/piranha/s.sh
notify_timeout = 2.5
notify_user = nobody
active_cmd = /bin/true
mail_to = "a@example.org, b@example.org a@example.org"
smtp_server = 192.0.2.9:587
smtp_user = me
smtp_password_file = /etc/piranha/password
mail_limit = 2
`;
    expect(codesOf(text)).toEqual([]);
    expect(notifyOf(text)).toMatchObject({
      program: '/etc/piranha/n.sh -x',
      serverProgram: '/etc/piranha/s.sh',
      timeoutMs: 2_500,
      user: 'nobody',
      mail: {
        to: ['a@example.org', 'b@example.org'],
        host: '192.0.2.9',
        port: 587,
        tls: 'starttls',
        user: 'me',
        passwordFile: '/etc/piranha/password',
        mailsPerMinute: 2,
        subjectPrefix: '[piranha]',
      },
      lines: { notify: 1, notify_user: 4, active_cmd: 5, smtp_password_file: 9 },
    });
  });

  it.each([
    ['smtp_server = mail.example.org\n', 25, 'starttls'],
    ['smtp_server = mail.example.org\nsmtp_tls = implicit\n', 465, 'implicit'],
    ['smtp_server = 127.0.0.1\n', 25, 'none'],
    ['smtp_server = localhost\nsmtp_tls = starttls\n', 25, 'starttls'],
    ['smtp_server = [2001:db8::1]:2525\n', 2525, 'starttls'],
  ])('find port and encryption: %j', (words, port, tls) => {
    expect(notifyOf(`mail_to = ops@example.org\n${words}`).mail).toMatchObject({ port, tls });
  });

  it('wait for each program that was chosen', () => {
    const text = `active_cmd = /a
inactive_cmd = /i
notify = /n.sh
active_cmd_wait = 1
inactive_cmd_wait = 1
notify_wait = 1
notify_standby_wait = 1
notify_timeout = `;
    expect(notifyOf(`${text}1\n`)).toMatchObject({
      waits: true,
      waitsToLeave: true,
      activeCommandWaits: true,
      inactiveCommandWaits: true,
    });
    // Both together must end before a partner takes the handover back; what is waited for before it needs no such limit.
    expect(codesOf(`${text}2\n`)).toEqual([]);
    expect(codesOf(`${text}9\n`)).toEqual(['CF_NOTIFY_WAIT_LONG 6']);
    expect(codesOf('inactive_cmd = /i\ninactive_cmd_wait = 1\n')).toEqual([]);
  });

  it.each([
    ['notify = notify.sh\n', 'CF_NOTIFY_PATH 1'],
    ['notify_server = "n.sh x"\n', 'CF_NOTIFY_PATH 1'],
    ['notify_wait = 1\n', 'CF_NOTIFY_WAIT_UNUSED 1'],
    ['notify = /n.sh\nnotify_wait = 1\n', 'CF_NOTIFY_WAIT_LONG 2'],
    ['notify_standby_wait = 1\n', 'CF_NOTIFY_WAIT_UNUSED 1'],
    ['active_cmd_wait = 1\n', 'CF_NOTIFY_WAIT_UNUSED 1'],
    ['inactive_cmd_wait = 1\n', 'CF_NOTIFY_WAIT_UNUSED 1'],
    ['active_cmd = /a\nactive_cmd_wait = 1\n', 'CF_NOTIFY_WAIT_LONG 2'],
    ['mail_to = ops@example.org\n', 'CF_MAIL_SERVER 1'],
    ['mail_to = ops\nsmtp_server = mail.example.org\n', 'CF_MAIL_ADDRESS 1'],
    [`${MAIL}mail_from = "a@example.org b@example.org"\n`, 'CF_MAIL_ADDRESS 3'],
    ['mail_to = ops@example.org\nsmtp_server = mail:99999\n', 'CF_MAIL_SERVER 2'],
    ['smtp_server = mail.example.org\n', 'CF_MAIL_UNUSED 1'],
    [`${MAIL}smtp_user = me\n`, 'CF_MAIL_LOGIN 3'],
    [`${MAIL}smtp_password_file = /p\n`, 'CF_MAIL_UNUSED 3'],
    [`${MAIL}smtp_user = me\nsmtp_password_file = p\n`, 'CF_MAIL_PATH 4'],
    [`${MAIL}smtp_tls = none\nsmtp_user = me\nsmtp_password_file = /p\n`, 'CF_MAIL_PLAIN_PASSWORD 4'],
    [`${MAIL}mail_limit = 0\n`, 'CF_RANGE 3'],
  ])('are refused or warned about where they make no sense: %j', (text, finding) => {
    expect(codesOf(text)).toEqual([finding]);
  });

  it('may wait for a program that is quick', () => {
    expect(codesOf('notify = /n.sh\nnotify_wait = 1\nnotify_timeout = 2\n')).toEqual([]);
  });
});

describe('the server and the addresses of mail', () => {
  it.each([
    ['mail', { host: 'mail' }],
    ['mail:25', { host: 'mail', port: 25 }],
    ['2001:db8::1', { host: '2001:db8::1' }],
    ['[::1]', { host: '::1' }],
    ['[::1]:465', { host: '::1', port: 465 }],
    ['mail:', undefined],
    ['mail:0', undefined],
    ['a b', undefined],
    ['smtp://mail', undefined],
  ])('%s', (text, server) => expect(parseSmtpServer(text)).toEqual(server));

  it.each([
    ['a@example.org', true],
    ['a.b+c@host', true],
    ['a@b@c', false],
    ['@example.org', false],
    ['a@', false],
    ['<a@example.org>', false],
  ])('%s', (text, good) => expect(isMailAddress(text)).toBe(good));
});
