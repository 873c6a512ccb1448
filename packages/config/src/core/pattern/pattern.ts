import { type ByteSet, isWordByte } from './byte-set.js';
import { PatternError } from './pattern-error.js';
import { type PatternNode, parsePattern } from './pattern-syntax.js';

/**
 * Regular expressions that cost at most (size of the pattern) x (bytes of the answer): an answer from the network must
 * not be able to keep a nanny busy, which backtracking engines allow. All possible matches advance side by side.
 */

type Instruction =
  | { readonly type: 'set'; readonly set: ByteSet }
  | { readonly type: 'fork'; first: number; second: number }
  | { readonly type: 'begin' | 'end' | 'boundary' | 'not boundary' | 'match' };

/** A compiled regular expression. */
export interface Pattern {
  readonly program: readonly Instruction[];
}

export type CompiledPattern =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly error: string };

const PATTERN_LIMIT_BYTES = 4_096;
/** Parts of a pattern, repetitions written out: the worst pattern then takes well under a second for 64 KiB. */
const PROGRAM_LIMIT = 1_000;

class PatternCompiler {
  readonly program: Instruction[] = [];
  private visits = 0;

  compile(node: PatternNode): void {
    this.visits += 1;
    if (this.visits > PROGRAM_LIMIT) throw new PatternError('Regular expression too big');
    switch (node.type) {
      case 'set':
        this.program.push(node);
        return;
      case 'sequence':
        for (const item of node.items) this.compile(item);
        return;
      case 'choice':
        this.choice(node.options);
        return;
      case 'repeat':
        this.repeat(node.item, node.min, node.max);
        return;
      case 'boundary':
        this.program.push({ type: node.negated ? 'not boundary' : 'boundary' });
        return;
      default:
        this.program.push({ type: node.type });
    }
  }

  /** A fork whose branches both begin at the next instruction until they are set. */
  private fork(): { type: 'fork'; first: number; second: number } {
    const at = this.program.length + 1;
    const instruction = { type: 'fork' as const, first: at, second: at };
    this.program.push(instruction);
    return instruction;
  }

  private choice(options: readonly PatternNode[]): void {
    const jumps = [];
    for (const [index, option] of options.entries()) {
      if (index === options.length - 1) {
        this.compile(option);
        continue;
      }
      const fork = this.fork();
      this.compile(option);
      jumps.push(this.fork());
      fork.second = this.program.length;
    }
    for (const jump of jumps) {
      jump.first = this.program.length;
      jump.second = this.program.length;
    }
  }

  private repeat(item: PatternNode, min: number, max: number): void {
    for (let copy = 0; copy < min; copy++) this.compile(item);
    if (max === Infinity) {
      const start = this.program.length;
      const loop = this.fork();
      this.compile(item);
      const back = this.fork();
      back.first = start;
      back.second = start;
      loop.second = this.program.length;
      return;
    }
    const forks = [];
    for (let copy = min; copy < max; copy++) {
      forks.push(this.fork());
      this.compile(item);
    }
    for (const fork of forks) fork.second = this.program.length;
  }
}

/** Compiles a POSIX extended regular expression given as bytes. */
export function compilePattern(bytes: Uint8Array): CompiledPattern {
  if (bytes.length > PATTERN_LIMIT_BYTES) return { ok: false, error: 'Regular expression too big' };
  // One character a byte: the answer is bytes as well, as in the C locale.
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  try {
    const compiler = new PatternCompiler();
    compiler.compile(parsePattern(text));
    compiler.program.push({ type: 'match' });
    return { ok: true, pattern: { program: compiler.program } };
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, error: error.message };
    throw error;
  }
}

const NO_BYTE = -1;
const isWord = (byte: number) => byte !== NO_BYTE && isWordByte(byte);

/** Looks for a pattern anywhere in bytes that come piece by piece. */
export class PatternSearch {
  private readonly program: readonly Instruction[];
  /** Instructions that wait for the next byte, before their forks and conditions are followed. */
  private waiting: number[] = [];
  private readonly seen: Uint32Array;
  private round = 0;
  private previous = NO_BYTE;
  private matched = false;

  constructor(pattern: Pattern) {
    this.program = pattern.program;
    this.seen = new Uint32Array(pattern.program.length);
  }

  /** True once a match was seen. A `$` matches where the bytes received so far end. */
  push(chunk: Uint8Array): boolean {
    this.take(chunk);
    return this.end();
  }

  /** True once a match was seen that is one whatever follows. The last byte's match is only seen with the next. */
  get isFound(): boolean {
    return this.matched;
  }

  /** The text ends here; true where it holds a match. */
  end(): boolean {
    if (!this.matched) this.follow(NO_BYTE);
    return this.matched;
  }

  /** Takes the next bytes of a text that has not ended. */
  take(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (this.matched) return;
      const ready = this.follow(byte);
      this.waiting = ready.filter((at) => this.accepts(at, byte)).map((at) => at + 1);
      this.previous = byte;
    }
  }

  private accepts(at: number, byte: number): boolean {
    const instruction = this.program[at];
    return instruction?.type === 'set' && instruction.set[byte] === 1;
  }

  /** The byte-eating instructions that can be reached where `this.previous` and `next` are the neighbours. */
  private follow(next: number): number[] {
    this.round += 1;
    const stack = [...this.waiting, 0];
    const ready: number[] = [];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (this.seen[at] === this.round) continue;
      this.seen[at] = this.round;
      const instruction = this.program[at];
      if (!instruction) continue;
      if (instruction.type === 'set') ready.push(at);
      else if (instruction.type === 'fork') stack.push(instruction.first, instruction.second);
      else if (instruction.type === 'match') this.matched = true;
      else if (this.holds(instruction.type, next)) stack.push(at + 1);
    }
    return ready;
  }

  private holds(condition: 'begin' | 'end' | 'boundary' | 'not boundary', next: number): boolean {
    if (condition === 'begin') return this.previous === NO_BYTE;
    if (condition === 'end') return next === NO_BYTE;
    return (isWord(this.previous) !== isWord(next)) === (condition === 'boundary');
  }
}
