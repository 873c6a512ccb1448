/** Severity as syslog names it; the original logged everything at info. */
export type EventLevel = 'debug' | 'info' | 'warning' | 'error';

export type EventFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** One line of the log catalogue. */
export interface EventTemplate {
  /** syslog ident: pulse, lvsd, nanny, ipvsu or notify. */
  readonly ident: string;
  readonly level: EventLevel;
  /** The phrase operators grep for; `{name}` is replaced by the field of that name. */
  readonly text: string;
  /**
   * Others can cause it at will, by packets or connections: for each value of these fields (none: of all) one line at once,
   * then one a minute at most, with how many it stands for as `count`. `'caller'`: the same, but who logs it counts, and
   * knows what is no news.
   */
  readonly limitedBy?: readonly string[] | 'caller';
}

/** A rendered event: the same record feeds text and JSON outputs. */
export interface EventRecord {
  readonly id: string;
  readonly ident: string;
  readonly level: EventLevel;
  /** The phrase with its fields filled in. */
  readonly text: string;
  /** Fields that are not part of the phrase. */
  readonly detail: EventFields;
}

const LINE_LIMIT = 2_000;

/** One line, no control characters: texts from the network must not forge log lines. */
export function oneLine(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const printable = value.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, escaped);
  return printable.length > LINE_LIMIT ? `${printable.slice(0, LINE_LIMIT)}…` : printable;
}

/** `\n` and the like as JSON has them; by number what JSON leaves as it is. */
function escaped(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  return short === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : short;
}

/** Fills a template. A placeholder without its field is a programmer error and throws. */
export function renderEvent(id: string, template: EventTemplate, fields: EventFields): EventRecord {
  const used = new Set<string>();
  const text = template.text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = fields[name];
    if (value === undefined) throw new Error(`event ${id} needs the field ${name}`);
    used.add(name);
    return oneLine(String(value));
  });
  const detail = Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => !used.has(name) && value !== undefined),
  );
  return { id, ident: template.ident, level: template.level, text, detail };
}

/** `text [ID] key=value key="two words"`: the old phrase first, so that old greps still match. */
export function formatEventLine(record: EventRecord): string {
  const detail = Object.entries(record.detail).map(
    ([name, value]) => ` ${name}=${quoteValue(String(value))}`,
  );
  return `${record.text} [${record.id}]${detail.join('')}`;
}

function quoteValue(value: string): string {
  const line = oneLine(value);
  return /^[^\s"=]+$/.test(line) ? line : JSON.stringify(line);
}
