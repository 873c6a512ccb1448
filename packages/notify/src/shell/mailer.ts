import { errorText, monotonicNowMs } from '@piranha/common';
import type { MailConfig } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import {
  IDLE_MAIL,
  type MailBatch,
  type MailEffect,
  type MailEvent,
  type MailPolicy,
  nextMailTickMs,
  stepMail,
  unsentCount,
} from '../core/mail-desk.js';
import { mailText } from '../core/mail-text.js';
import { type SendMail, sendInChild } from './send-in-child.js';
import { Stillness } from './stillness.js';

const TIMES = {
  mostItems: 100,
  gatherMs: 1_000,
  firstRetryMs: 5_000,
  longestRetryMs: 300_000,
  giveUpMs: 3_600_000,
};

/** Sends mails about what happened, at its own pace; nobody ever waits for it but a stop, for a moment. */
export class Mailer {
  private state = IDLE_MAIL;
  private timer: NodeJS.Timeout | undefined;
  private readonly idle = new Stillness();

  constructor(
    private config: MailConfig | undefined,
    private readonly host: string,
    private readonly log: Pick<EventLog, 'log'>,
    private readonly send: SendMail = sendInChild,
    /** How long the first change waits for others, ms. */
    private readonly gatherMs = TIMES.gatherMs,
  ) {}

  /** Takes a new configuration: what waits goes by it, and a failing server is tried anew. */
  change(config: MailConfig | undefined): void {
    const same = JSON.stringify(config) === JSON.stringify(this.config);
    this.config = config;
    if (same) return;
    if (config === undefined) this.dropWaiting();
    else this.state = { ...this.state, notBeforeMs: monotonicNowMs() };
    this.plan();
  }

  /** Something happened: one line for people. */
  tell(text: string, at: Date): void {
    if (this.config === undefined) return;
    const item = { atMs: monotonicNowMs(), line: `${at.toISOString()} ${text}`, subject: text };
    this.dispatch({ type: 'happened', item });
  }

  /** Sends what waits, as far as that goes within the limit; what is left is logged as lost. */
  async close(limitMs: number): Promise<void> {
    this.dispatch({ type: 'flush' });
    if (this.state.sending !== undefined) await this.idle.within(limitMs);
    clearTimeout(this.timer);
    this.tellLost(unsentCount(this.state));
    this.config = undefined;
    this.state = IDLE_MAIL;
  }

  /** Mail is switched off. */
  private dropWaiting(): void {
    this.tellLost(unsentCount({ ...this.state, sending: undefined }));
    this.state = { ...this.state, waiting: IDLE_MAIL.waiting };
  }

  private tellLost(count: number): void {
    if (count > 0) this.log.log('NOTIFY_MAIL_LOST', { count });
  }

  private get policy(): MailPolicy {
    return { ...TIMES, gatherMs: this.gatherMs, mailsPerMinute: this.config?.mailsPerMinute ?? 1 };
  }

  private dispatch(event: MailEvent): void {
    const { state, effects } = stepMail(this.policy, this.state, event, monotonicNowMs());
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
    this.plan();
    if (this.state.sending === undefined) this.idle.reached();
  }

  private carryOut(effect: MailEffect): void {
    switch (effect.type) {
      case 'send':
        void this.sendBatch(effect.batch);
        return;
      case 'tellFailing':
        this.log.log('NOTIFY_MAIL_FAILED', { problem: effect.problem });
        return;
      case 'tellWorking':
        this.log.log('NOTIFY_MAIL_WORKS');
        return;
      case 'tellLost':
        this.tellLost(effect.count);
        return;
    }
  }

  private async sendBatch({ items, unlisted }: MailBatch): Promise<void> {
    const { config } = this;
    // Nothing waits while mail is switched off.
    if (config === undefined) return;
    const text = mailText(config.subjectPrefix, this.host, items, unlisted);
    try {
      await this.send(config, this.host, text);
    } catch (error) {
      this.dispatch({ type: 'failed', problem: errorText(error) });
      if (this.config === undefined) this.dropWaiting();
      return;
    }
    this.log.log('NOTIFY_MAIL_SENT', { subject: text.subject, changes: items.length + unlisted });
    this.dispatch({ type: 'sent' });
  }

  private plan(): void {
    clearTimeout(this.timer);
    if (this.config === undefined) return;
    const dueMs = nextMailTickMs(this.policy, this.state);
    if (dueMs === Infinity) return;
    this.timer = setTimeout(() => this.dispatch({ type: 'tick' }), Math.max(0, dueMs - monotonicNowMs()));
    this.timer.unref();
  }
}
