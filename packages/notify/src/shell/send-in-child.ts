import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { binaryPath } from '@piranha/common';
import type { MailConfig } from '@piranha/config';
import type { MailText } from '../core/mail-text.js';
import type { MailOrder } from './mail-child.js';

/** The process limits itself sooner, ms. */
const LIMIT_MS = 90_000;
const PROBLEM_LIMIT = 300;
const NICENESS = 10;

/** Sends one mail; rejects with a text that names no secret. */
export type SendMail = (config: MailConfig, host: string, text: MailText) => Promise<void>;

/**
 * Sends one mail from a process of its own: to load the library and to shake hands takes longer than a heartbeat may
 * be late.
 */
export const sendInChild: SendMail = (config, host, text) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [binaryPath('piranha-mail')], {
      argv0: 'piranha-mail',
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    beNice(child);
    let said = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk: string) => {
      said = (said + chunk).slice(0, PROBLEM_LIMIT);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(said || `the mail process ended with ${signal ?? code}`));
    });
    // It may have ended before it read.
    child.stdin.on('error', () => undefined);
    const order: MailOrder = { config, host, text };
    child.stdin.end(JSON.stringify(order));
  });

function beNice({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICENESS);
  } catch {
    // It is gone already, which its end tells.
  }
}
