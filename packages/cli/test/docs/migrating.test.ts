import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ran, run } from '../support/run.js';

const DOCS = join(import.meta.dirname, '../../../../docs');

interface Block {
  /** conf, sh or text. */
  readonly kind: string;
  /** File that a conf block stands for. */
  readonly name: string;
  readonly text: string;
}

function blocksOf(page: string): readonly Block[] {
  const found = page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm);
  return [...found].map(([, kind = '', name = '', text = '']) => ({ kind, name, text }));
}

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-pages-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs one line of a page: names of files are those in the directory. */
async function runLine(line: string): Promise<Ran> {
  const [program, ...words] = line.split(' ');
  expect(program).toBe('lvsctl');
  const target = words.at(-1)?.startsWith('>') ? words.pop()?.slice(1) : undefined;
  const argv = words.map((word) =>
    /^[\w.]+\.cf$|^keepalived\.conf$|^haresources$/.test(word) ? join(directory, word) : word,
  );
  const ran = await run(argv);
  if (target !== undefined) writeFileSync(join(directory, target), ran.stdout);
  const stderr = ran.stderr.replaceAll(`${directory}/`, '');
  return { ...ran, stdout: target === undefined ? ran.stdout : '', stderr };
}

describe.each(['migrating-from-keepalived.md', 'migrating-from-ldirectord.md'])('%s', (name) => {
  const blocks = blocksOf(readFileSync(join(DOCS, name), 'utf8'));

  it('shows commands that work, with what they print', async () => {
    let last: Ran | undefined;
    let compared = 0;
    for (const { kind, name: file, text } of blocks) {
      if (kind === 'conf') writeFileSync(join(directory, file), text);
      else if (kind === 'sh') {
        for (const line of text.trim().split('\n')) {
          last = await runLine(line);
          const imports = line.startsWith('lvsctl import');
          expect([line, last.status]).toEqual([line, imports ? 1 : 0]);
        }
      } else {
        expect(last?.stdout === '' ? last.stderr : last?.stdout).toBe(text);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThanOrEqual(2);
  });
});
