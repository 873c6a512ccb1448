import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPiranhaIni } from '../../src/shell/ini.js';
import { loadConfiguration } from '../../src/shell/load.js';
import { readServicePorts } from '../../src/shell/names.js';
import { repositoryPath } from '../samples.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'piranha-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('loadConfiguration', () => {
  it('reads the demo file', async () => {
    const path = repositoryPath('etc/samples/demo.cf');
    const { file: name, configuration, diagnostics } = await loadConfiguration(path);
    expect([name, diagnostics]).toEqual([path, []]);
    expect(configuration).toMatchObject({
      keepaliveMs: 250,
      heartbeatPort: 10539,
      primaryPrivate: '127.0.1.2',
    });
  });

  it('looks host names up', async () => {
    const text = 'primary = localhost\nvirtual a {\nactive = 1\naddress = 192.0.2.9 eth0:1\n}\n';
    const { configuration } = await loadConfiguration(file('host.cf', text));
    expect(configuration?.primary).toBe('127.0.0.1');
  });

  it('tells of a missing file, a directory and a file that is too large', async () => {
    const codes = async (path: string) => (await loadConfiguration(path)).diagnostics.map(({ code }) => code);
    expect(await codes(join(folder, 'absent.cf'))).toEqual(['CF_READ']);
    expect(await codes(folder)).toEqual(['CF_READ']);
    expect(await codes(file('large.cf', new Uint8Array(4 * 1024 * 1024 + 1)))).toEqual(['CF_TOO_LARGE']);
    expect(await codes(file('empty.cf', ''))).toEqual(['CF_EMPTY']);
  });
});

describe('readServicePorts', () => {
  it('reads a services file, and knows http without one', async () => {
    expect((await readServicePorts(file('services', 'mine 4711/tcp\n'))).get('mine')).toBe(4711);
    expect((await readServicePorts(join(folder, 'absent'))).get('http')).toBe(80);
  });
});

describe('loadPiranhaIni', () => {
  it('reads the sample, and has defaults for a missing file', async () => {
    const sample = await loadPiranhaIni(repositoryPath('etc/piranha.ini'));
    expect(sample).toEqual(await loadPiranhaIni(join(folder, 'absent.ini')));
  });

  it('refuses a directory and a file that is too large', async () => {
    await expect(loadPiranhaIni(folder)).rejects.toMatchObject({ code: 'INI_READ' });
    const large = file('large.ini', new Uint8Array(65 * 1024));
    await expect(loadPiranhaIni(large)).rejects.toMatchObject({ code: 'INI_TOO_LARGE' });
  });
});
