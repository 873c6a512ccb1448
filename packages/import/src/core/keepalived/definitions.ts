const DEFINITION = /^\s*\$([A-Za-z_]\w*)=(.*)$/;
/** `${NAME}`, or `$NAME` where a blank or nothing follows. */
const VARIABLE = /\$(?:\{(\w+)\}|(\w+)(?=\s|$))/g;
const ROUNDS = 10;
const LENGTH_LIMIT = 16_384;

/** Values of `$NAME=value` lines. */
export class Definitions {
  private readonly values = new Map<string, string>();

  /** Takes a line that is a definition, and says so. */
  define(line: string): boolean {
    const [, name, value = ''] = DEFINITION.exec(line) ?? [];
    if (name === undefined) return false;
    this.values.set(name, value.trim());
    return true;
  }

  /** The line with its variables replaced, those of their values too; unknown ones stay. */
  apply(line: string): string {
    let text = line;
    for (let round = 0; round < ROUNDS && text.includes('$'); round += 1) {
      const next = this.replaceOnce(text);
      if (next === text) break;
      text = next;
    }
    return text;
  }

  private replaceOnce(text: string): string {
    let length = text.length;
    return text.replace(VARIABLE, (whole, braced: string | undefined, bare: string | undefined) => {
      const value = this.values.get(braced ?? bare ?? '');
      if (value === undefined || length + value.length > LENGTH_LIMIT) return whole;
      length += value.length;
      return value;
    });
  }
}
