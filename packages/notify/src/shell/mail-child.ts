import { errorText } from '@piranha/common';
import type { MailConfig } from '@piranha/config';
import type { MailText } from '../core/mail-text.js';
import { sendMail } from './send-mail.js';

/** What a daemon hands to the process that sends one mail. The password is not in it: the process reads its file. */
export interface MailOrder {
  readonly config: MailConfig;
  readonly host: string;
  readonly text: MailText;
}

/** Sends the mail that stands on standard input; exit status 1 and one line on standard output where that fails. */
export async function runMailChild(): Promise<void> {
  process.stdin.setEncoding('utf8');
  let input = '';
  for await (const chunk of process.stdin) input += chunk;
  const { config, host, text } = JSON.parse(input) as MailOrder;
  try {
    await sendMail(config, host, text);
  } catch (error) {
    process.stdout.write(errorText(error));
    process.exitCode = 1;
  }
}
