/** A fenced block of a page. */
export interface PageBlock {
  /** `conf`: a file; `sh`: commands; `text`: what the commands before it print. */
  readonly kind: string;
  /** Name of the file, or of the machines on which the commands run. */
  readonly name: string;
  readonly text: string;
}

/** The fenced blocks of a page that have a kind, in order. */
export function blocksOf(page: string): readonly PageBlock[] {
  const found = page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm);
  return [...found].map(([, kind = '', name = '', text = '']) => ({ kind, name, text }));
}

/** The commands of a block, one a line; a backslash at the end joins the next one. */
export function commandsOf(text: string): readonly string[] {
  return text.replaceAll('\\\n', ' ').trim().split('\n');
}
