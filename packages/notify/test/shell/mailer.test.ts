import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MailConfig } from '@piranha/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Mailer } from '../../src/shell/mailer.js';
import { sendMail } from '../../src/shell/send-mail.js';
import { mailConfig } from '../support/configuration.js';
import { Recorder } from '../support/recorder.js';
import { CERTIFICATE_FILE, SmtpServer, type SmtpServerOptions } from '../support/smtp-server.js';

const PASSWORD = 'corrêct horse';
const GATHER_MS = 20;
const PATIENCE = { timeout: 20_000 };

describe('mail', () => {
  let directory: string;
  let server: SmtpServer | undefined;
  let mailer: Mailer | undefined;
  let log: Recorder;

  const start = async (options: SmtpServerOptions, changes: Partial<MailConfig> = {}) => {
    server = await SmtpServer.start(options);
    mailer = new Mailer(mailConfig(server.port, changes), 'node-one', log, sendMail, GATHER_MS);
    return { server, mailer };
  };
  const passwordFile = (text = `${PASSWORD}\n`, mode = 0o600): string => {
    const path = join(directory, 'password');
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'piranha-mail-'));
    log = new Recorder();
  });
  afterEach(async () => {
    await mailer?.close(0);
    await server?.stop();
    mailer = undefined;
    server = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  it('goes to every recipient, with subject and time', async () => {
    const started = await start({});
    started.mailer.tell('server down: ünreachable', new Date(0));
    await expect.poll(() => started.server.mails.length, PATIENCE).toBe(1);
    const [mail] = started.server.mails;
    expect(mail).toMatchObject({
      from: 'piranha@example.org',
      to: ['ops@example.org', 'boss@example.org'],
      encrypted: false,
    });
    expect(mail?.text).toMatch(/^Subject: .*piranha/m);
    expect(mail?.text).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(mail?.text).toContain('1970-01-01T00:00:00.000Z server down');
    await expect.poll(() => log.ids(), PATIENCE).toEqual(['NOTIFY_MAIL_SENT']);
  });

  it.each(['starttls', 'implicit'] as const)('is encrypted and logged in with %s', async (tls) => {
    const login = { user: 'me', password: PASSWORD };
    const words = { tls, caFile: CERTIFICATE_FILE, user: 'me', passwordFile: passwordFile() };
    const started = await start({ tls, login }, words);
    started.mailer.tell('hello', new Date(0));
    await expect.poll(() => started.server.mails.length, PATIENCE).toBe(1);
    expect(started.server.mails[0]).toMatchObject({ encrypted: true, user: 'me' });
  });

  it.each(['starttls', 'implicit'] as const)('is not sent to a stranger with %s', async (tls) => {
    const started = await start({ tls }, { tls });
    started.mailer.tell('hello', new Date(0));
    await expect.poll(() => log.last('NOTIFY_MAIL_FAILED')?.problem, PATIENCE).toMatch(/certificate/i);
    expect(started.server.mails).toEqual([]);
  });

  it('is not sent readable where encryption was asked for', async () => {
    const started = await start({ tls: 'none' }, { tls: 'starttls' });
    started.mailer.tell('hello', new Date(0));
    await expect.poll(() => log.count('NOTIFY_MAIL_FAILED'), PATIENCE).toBe(1);
    expect(started.server.mails).toEqual([]);
  });

  it.each(['PLAIN', 'LOGIN'] as const)(
    'names no password when the server repeats it: %s',
    async (methods) => {
      const login = { user: 'me', password: 'another' };
      const started = await start({ login, methods }, { user: 'me', passwordFile: passwordFile() });
      started.mailer.tell('hello', new Date(0));
      await expect
        .poll(() => log.last('NOTIFY_MAIL_FAILED')?.problem, PATIENCE)
        .toContain('535 bad login me *** by ');
      const { problem } = log.last('NOTIFY_MAIL_FAILED') ?? {};
      const words = String(problem).split(' ');
      const plain = words.map((word) => Buffer.from(word, 'base64').toString('utf8'));
      expect([...words, ...plain].filter((word) => word.includes('horse'))).toEqual([]);
    },
  );

  it.each([
    ['others may read', `${PASSWORD}\n`, 0o640, 'others may read it'],
    ['is empty', '\n', 0o600, 'first line is empty'],
    ['is too long', 'x'.repeat(5_000), 0o600, 'longer than'],
  ])('is not sent with a password file that %s', async (_, text, mode, problem) => {
    const login = { user: 'me', password: PASSWORD };
    const started = await start({ login }, { user: 'me', passwordFile: passwordFile(text, mode) });
    started.mailer.tell('hello', new Date(0));
    await expect.poll(() => log.last('NOTIFY_MAIL_FAILED')?.problem, PATIENCE).toContain(problem);
    expect(started.server.connections).toBe(0);
  });

  it('that failed is told once, and comes with what happened meanwhile once the words are mended', async () => {
    const started = await start({});
    started.server.refusal = '451 try later';
    started.mailer.tell('first', new Date(0));
    await expect.poll(() => log.count('NOTIFY_MAIL_FAILED'), PATIENCE).toBe(1);
    for (let index = 0; index < 150; index += 1) started.mailer.tell(`change ${index}`, new Date(0));
    started.server.refusal = undefined;
    started.mailer.change(mailConfig(started.server.port, { subjectPrefix: '[mended]' }));
    await expect.poll(() => started.server.mails.length, PATIENCE).toBe(1);
    expect(started.server.mails[0]?.text).toContain('51 earlier changes are not listed.');
    expect(started.server.mails[0]?.text).toContain('change 149');
    await expect
      .poll(() => log.ids(), PATIENCE)
      .toEqual(['NOTIFY_MAIL_FAILED', 'NOTIFY_MAIL_SENT', 'NOTIFY_MAIL_WORKS']);
  });

  it('under way while mail is switched off is told as lost where it fails', async () => {
    let fail: ((error: Error) => void) | undefined;
    const send = (): Promise<void> =>
      new Promise((_, reject) => {
        fail = reject;
      });
    mailer = new Mailer(mailConfig(25), 'node-one', log, send, 0);
    mailer.tell('first', new Date(0));
    await expect.poll(() => fail, PATIENCE).toBeDefined();
    mailer.change(undefined);
    expect(log.ids()).toEqual([]);
    fail?.(new Error('refused'));
    await expect.poll(() => log.last('NOTIFY_MAIL_LOST'), PATIENCE).toEqual({ count: 1 });
  });

  it('under way at a stop is waited for', async () => {
    const started = await start({});
    started.mailer.tell('good bye', new Date(0));
    await started.mailer.close(20_000);
    expect(started.server.mails).toHaveLength(1);
  });

  it('to a server that says nothing holds no stop up, and is told as lost', async () => {
    const started = await start({ mute: true });
    started.mailer.tell('good bye', new Date(0));
    await started.mailer.close(50);
    expect(log.last('NOTIFY_MAIL_LOST')).toEqual({ count: 1 });
  });
});
