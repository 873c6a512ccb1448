import { type ByteSet, byteSet, escapedSet } from './byte-set.js';
import { readBracket } from './pattern-bracket.js';
import { PatternError } from './pattern-error.js';

/** The tree of a POSIX extended regular expression over bytes. */
export type PatternNode =
  | { readonly type: 'set'; readonly set: ByteSet }
  | { readonly type: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly type: 'choice'; readonly options: readonly PatternNode[] }
  /** `max` may be Infinity. */
  | { readonly type: 'repeat'; readonly item: PatternNode; readonly min: number; readonly max: number }
  | { readonly type: 'begin' }
  | { readonly type: 'end' }
  | { readonly type: 'boundary'; readonly negated: boolean };

const DEPTH_LIMIT = 100;
const CONTROL_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const INTERVAL = /^\{(\d*)(,?)(\d*)\}/;
const REPEAT_LIMIT = 255;

const oneByte = (character: string): PatternNode => {
  const wanted = character.charCodeAt(0);
  return { type: 'set', set: byteSet((byte) => byte === wanted) };
};

class PatternParser {
  private at = 0;
  private depth = 0;

  /** `text` holds one character a byte. */
  constructor(private readonly text: string) {}

  parse(): PatternNode {
    return this.choice();
  }

  private get next(): string {
    return this.text.charAt(this.at);
  }

  private choice(): PatternNode {
    const options = [this.sequence()];
    while (this.next === '|') {
      this.at += 1;
      options.push(this.sequence());
    }
    return options.length === 1 && options[0] ? options[0] : { type: 'choice', options };
  }

  private sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (this.next !== '' && this.next !== '|' && !(this.next === ')' && this.depth > 0)) {
      items.push(this.repeated(this.atom()));
    }
    return { type: 'sequence', items };
  }

  private repeated(atom: PatternNode): PatternNode {
    let node = atom;
    for (;;) {
      const range = this.quantifier();
      if (!range) return node;
      node = { type: 'repeat', item: node, ...range };
    }
  }

  private quantifier(): { readonly min: number; readonly max: number } | undefined {
    const simple = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }[this.next];
    if (simple) {
      this.at += 1;
      return { min: simple[0] ?? 0, max: simple[1] ?? 0 };
    }
    const interval = INTERVAL.exec(this.text.slice(this.at, this.at + 16));
    // A brace that begins no interval is an ordinary character, as in {"status":"ok"}.
    if (!interval || interval[0] === '{}' || interval[0] === '{,}') return undefined;
    this.at += interval[0].length;
    const min = Number(interval[1]);
    const open = interval[3] === '' ? Infinity : Number(interval[3]);
    const max = interval[2] === '' ? min : open;
    if (min > max || min > REPEAT_LIMIT || (max !== Infinity && max > REPEAT_LIMIT)) {
      throw new PatternError('Invalid content of \\{\\}');
    }
    return { min, max };
  }

  private atom(): PatternNode {
    const character = this.next;
    if (character === '[') {
      const { set, next } = readBracket(this.text, this.at);
      this.at = next;
      return { type: 'set', set };
    }
    this.at += 1;
    switch (character) {
      case '(':
        return this.group();
      case '.':
        return { type: 'set', set: byteSet(() => true) };
      case '^':
        return { type: 'begin' };
      case '$':
        return { type: 'end' };
      case '\\':
        return this.escaped();
      case '*':
      case '+':
      case '?':
        throw new PatternError('Invalid preceding regular expression');
      default:
        return oneByte(character);
    }
  }

  private group(): PatternNode {
    this.depth += 1;
    if (this.depth > DEPTH_LIMIT) throw new PatternError('Regular expression too big');
    const inner = this.choice();
    if (this.next !== ')') throw new PatternError('Unmatched ( or \\(');
    this.at += 1;
    this.depth -= 1;
    return inner;
  }

  private escaped(): PatternNode {
    const character = this.next;
    if (character === '') throw new PatternError('Trailing backslash');
    this.at += 1;
    if (/[1-9]/.test(character)) throw new PatternError('Invalid back reference');
    const holds = escapedSet(character);
    if (holds) return { type: 'set', set: byteSet(holds) };
    if ('bB<>'.includes(character)) return { type: 'boundary', negated: character === 'B' };
    return oneByte(CONTROL_ESCAPES[character] ?? character);
  }
}

/**
 * Reads a POSIX extended regular expression; `\d \s \w`, their negations and `\b` are understood too.
 * @param text one character a byte
 * @throws PatternError
 */
export function parsePattern(text: string): PatternNode {
  return new PatternParser(text).parse();
}
