import { hostname } from 'node:os';
import { programWords } from '@piranha/common';
import type { NotifyConfig } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import type { Notice } from '../core/notice.js';
import { Mailer } from './mailer.js';
import { type ProgramJob, ProgramRunner } from './program-runner.js';
import { ServicePrograms } from './service-programs.js';

/** How long a stop waits for programs and mails, ms. */
const STOP_LIMIT_MS = 2_000;
/** The same with notify_wait; whoever stops a daemon kills it a little later. */
const AWAITED_STOP_LIMIT_MS = 5_000;

const NOTIFY_LINES = {
  started: 'NOTIFY_STARTED',
  output: 'NOTIFY_OUTPUT',
  ended: 'NOTIFY_ENDED',
  failed: 'NOTIFY_FAILED',
} as const;

const STATE_COMMAND_LINES = {
  started: 'PULSE_STATE_COMMAND_STARTED',
  output: 'PULSE_STATE_COMMAND_OUTPUT',
  ended: 'PULSE_STATE_COMMAND_ENDED',
  failed: 'PULSE_STATE_COMMAND_FAILED',
} as const;

export interface StateCommand {
  /** `active_cmd` or `inactive_cmd` as written; split at blanks, no shell. */
  readonly command: string;
  /** The role that the node has now. */
  readonly role: 'active' | 'inactive';
  /** Why, such as `partner dead`. */
  readonly reason: string;
  /** The group of addresses that changed; undefined where all move together. */
  readonly group?: string | undefined;
}

interface NotifierOptions {
  readonly log: Pick<EventLog, 'log'>;
}

/** Tells programs and people what happened. Nothing here ever throws, and nobody need wait for it. */
export class Notifier {
  private readonly host = hostname();
  private readonly runner: ProgramRunner;
  private readonly services: ServicePrograms;
  private readonly mailer: Mailer;
  private readonly log: Pick<EventLog, 'log'>;

  constructor(
    private config: NotifyConfig,
    { log }: NotifierOptions,
  ) {
    this.log = log;
    this.runner = new ProgramRunner(log);
    this.services = new ServicePrograms(log);
    this.mailer = new Mailer(config.mail, this.host, log);
  }

  /** Takes changed words; programs that wait already run as they were to. */
  change(config: NotifyConfig): void {
    this.config = config;
    this.mailer.change(config.mail);
  }

  /** Runs the program for it, and mails it. */
  tell(notice: Notice): void {
    this.mail(notice);
    void this.run(notice);
  }

  /** Only the mail. */
  mail(notice: Notice): void {
    this.log.log(notice.id, notice.fields);
    this.mailer.tell(notice.text, new Date());
  }

  /** True where a takeover has to wait for the program. */
  get waits(): boolean {
    return this.config.waits && this.config.program !== undefined;
  }

  /** Runs only the program; resolves when it has ended, or notify_timeout later whatever runs before it. */
  runAwaited(notice: Notice): Promise<void> {
    return this.waitFor(this.run(notice), this.config.program ?? '');
  }

  /** Resolves with `end`, or notify_timeout from now: a takeover waits no longer. @param command as written in lvs.cf */
  async waitFor(end: Promise<void>, command: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.config.timeoutMs);
    });
    const first = await Promise.race([end, limit]);
    clearTimeout(timer);
    if (first === 'late') this.log.log('NOTIFY_LATE', { program: programWords(command)[0] ?? '' });
  }

  /** Starts active_cmd or inactive_cmd when those before it have ended; resolves at its end. */
  runStateCommand({ command, role, reason, group }: StateCommand): Promise<void> {
    return this.runner.add({
      ...this.common,
      words: programWords(command),
      environment: {
        PIRANHA_ROLE: role,
        PIRANHA_EVENT: reason,
        ...(group === undefined ? {} : { PIRANHA_GROUP: group }),
      },
      // The original ran whatever the file named.
      unsafe: 'warn',
      events: STATE_COMMAND_LINES,
      fields: { role, reason, ...(group === undefined ? {} : { group }) },
    });
  }

  /** Runs a command that belongs to one service alone, beside what `tell` runs and waiting for none of it. */
  runServiceCommand(command: string, notice: Notice): void {
    const words = programWords(command);
    const service = `${notice.words[1]} ${notice.environment.PIRANHA_SERVICE}`;
    if (words.length > 0) this.services.add(service, this.jobOf(words, notice));
  }

  /** For a stop: waits a moment for programs and mails that are under way. */
  async close(): Promise<void> {
    const limitMs = this.config.waits ? AWAITED_STOP_LIMIT_MS : STOP_LIMIT_MS;
    const [left, leftOfServices] = await Promise.all([
      this.runner.settle(limitMs),
      this.services.settle(limitMs),
      this.mailer.close(STOP_LIMIT_MS),
    ]);
    if (left + leftOfServices > 0) this.log.log('NOTIFY_LEFT', { count: left + leftOfServices });
  }

  /** Runs only the program; resolves at its end. */
  async run(notice: Notice): Promise<void> {
    const program = notice.audience === 'role' ? this.config.program : this.config.serverProgram;
    const words = programWords(program ?? '');
    if (words.length > 0) await this.runWords([...words, ...notice.words], notice);
  }

  private runWords(words: readonly string[], notice: Notice): Promise<void> {
    return this.runner.add(this.jobOf(words, notice));
  }

  private jobOf(words: readonly string[], notice: Notice): ProgramJob {
    return {
      ...this.common,
      words,
      environment: { ...notice.environment, PIRANHA_HOST: this.host, PIRANHA_TIME: new Date().toISOString() },
      unsafe: 'refuse',
      events: NOTIFY_LINES,
      fields: { event: notice.text },
    };
  }

  private get common(): Pick<ProgramJob, 'limitMs' | 'user'> {
    return { limitMs: this.config.timeoutMs, user: this.config.user };
  }
}
