import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadAside, loadFor } from '../../src/index.js';

const SERVICE = `  active = 1
  address = 10.0.0.9 eth0:1
  server one {
    address = 10.0.0.11
    active = 1
  }
}
`;

/** A file of more than 16 kB, whose last service has this text. */
const largeFile = (last: string): string => {
  const services = Array.from(
    { length: 200 },
    (_, index) => `virtual v${index} {\n  port = ${index + 1}\n${SERVICE}`,
  );
  return `primary = 10.0.0.1\n${services.join('')}virtual last {\n${last}`;
};

let directory: string;
let file: string;
let copy: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-load-aside-'));
  file = join(directory, 'lvs.cf');
  copy = join(directory, 'copy');
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('a file that is read aside', () => {
  it('is what it is when it is read here', async () => {
    writeFileSync(file, largeFile(`  port = 8080\n  send = "\\xff\\r\\n"\n${SERVICE}`));
    const aside = await loadAside('reload', file, copy);
    expect(aside.result.configuration?.virtualServers).toHaveLength(201);
    expect(aside).toEqual(await loadFor('reload', file, copy));
    expect(readFileSync(copy)).toEqual(readFileSync(file));
  });

  it('may be broken, half copied, small or missing', async () => {
    for (const text of [largeFile('  port = x\n}\n'), largeFile('  port = 80\n'), 'nonsense\n', undefined]) {
      if (text === undefined) rmSync(file);
      else writeFileSync(file, text);
      const aside = await loadAside('reload', file, copy);
      expect(aside.result.configuration).toBeUndefined();
      expect(aside).toEqual(await loadFor('reload', file, copy));
    }
  });
});
