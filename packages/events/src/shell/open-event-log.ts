import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { HistoryEntry } from '@piranha/protocol';
import winston from 'winston';
import { CATALOGUE, eventRecord } from '../core/catalogue.js';
import { EventLimits } from '../core/event-limits.js';
import {
  consoleLine,
  type Entry,
  fileLine,
  jsonLine,
  lostJsonLine,
  lostLine,
  syslogLine,
} from '../core/lines.js';
import type { EventLog, EventLogOptions } from '../event-log.js';
import { FileStream } from './file-stream.js';
import { SyslogStream } from './syslog-stream.js';

const HISTORY_ENTRIES = 50;
const SYSLOG_PATH = '/dev/log';
const LEVELS = { error: 0, warning: 1, info: 2, debug: 3 };

interface Info extends winston.Logform.TransformableInfo {
  readonly entry: Entry;
}

/** Opens a daemon's log through winston: stdout in the foreground, else syslog; files beside it on request. */
export function openEventLog(
  options: EventLogOptions,
  syslogPath = SYSLOG_PATH,
  nowMs = () => performance.now(),
): EventLog {
  const logger = winston.createLogger({
    levels: LEVELS,
    level: options.verbose === true ? 'debug' : 'info',
    transports: options.foreground ? [stdout(options)] : [syslog(syslogPath)],
  });
  const files = new Map<string, winston.transport>();
  const history: HistoryEntry[] = [];
  const counts = new Map<string, number>();
  const limits = new EventLimits();
  let closing: Promise<void> | undefined;
  return {
    log(id, fields, pid = process.pid) {
      if (CATALOGUE[id].level !== 'debug') counts.set(id, (counts.get(id) ?? 0) + 1);
      const due = limits.fieldsOf(id, fields ?? {}, nowMs());
      if (due === undefined) return;
      const entry: Entry = { record: eventRecord(id, due), pid, atMs: Date.now() };
      const { level, ident } = entry.record;
      if (level !== 'debug') remember(history, entry);
      // What still comes in while a daemon ends must not throw at it.
      if (closing !== undefined) return;
      if (options.logDirectory !== undefined && !files.has(ident)) {
        const transport = file(options, options.logDirectory, ident);
        files.set(ident, transport);
        logger.add(transport);
      }
      logger.log({ level, message: '', entry });
    },
    history: () => [...history],
    counts: () => Object.fromEntries(counts),
    close() {
      closing ??= closed(logger);
      return closing;
    },
  };
}

async function closed(logger: winston.Logger): Promise<void> {
  const open = [...logger.transports];
  logger.end();
  await Promise.all(open.map(ended));
}

function remember(history: HistoryEntry[], { record, atMs }: Entry): void {
  history.push({ at: new Date(atMs).toISOString(), event: record.id, text: record.text });
  if (history.length > HISTORY_ENTRIES) history.shift();
}

function lineFormat(line: (entry: Entry) => string): winston.Logform.Format {
  return winston.format.printf((info) => line((info as Info).entry));
}

/** A reader of our stdout that goes away must not end a daemon. */
function stdout(options: EventLogOptions): winston.transport {
  process.stdout.on('error', () => undefined);
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      if (process.stdout.writable) process.stdout.write(chunk);
      done();
    },
  });
  const format = lineFormat(options.json === true ? jsonLine : consoleLine);
  return new winston.transports.Stream({ stream, format });
}

function syslog(path: string): winston.transport {
  const stream = new SyslogStream(path, (line) => {
    process.stderr.write(`${path} does not answer; log lines wait. First: ${line.replace(/^<\d+>/, '')}\n`);
  });
  process.stderr.on('error', () => undefined);
  return new winston.transports.Stream({ stream, format: lineFormat(syslogLine) });
}

function file(options: EventLogOptions, directory: string, ident: string): winston.transport {
  const own = winston.format((info) =>
    (info as unknown as Info).entry.record.ident === ident ? info : false,
  )();
  const line = lineFormat(options.json === true ? jsonLine : fileLine);
  return new winston.transports.Stream({
    stream: new FileStream(join(directory, `${ident}.log`), options.json === true ? lostJsonLine : lostLine),
    format: winston.format.combine(own, line),
  });
}

/** Waits for the stream behind a transport, at most a second: a log that hangs must not keep a daemon. */
function ended(transport: winston.transport): Promise<void> {
  const { _stream: stream } = transport as unknown as { _stream: Writable };
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 1_000);
    stream.end(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
