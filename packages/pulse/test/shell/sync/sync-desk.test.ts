import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDiagnostic, loadConfiguration, parseConfiguration } from '@piranha/config';
import type { NodeRole, ReloadAnswer, SyncAnswer, SyncFile, SyncRequest } from '@piranha/protocol';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoadedSettings, settingsOf } from '../../../src/shell/load-settings.js';
import type { SyncHost } from '../../../src/shell/sync/install-file.js';
import { PartnerSync } from '../../../src/shell/sync/partner-sync.js';
import { callPartner } from '../../../src/shell/sync/sync-call.js';
import { arrayLog, drawnEnds, ringOf } from '../../support/sync-ends.js';

const DONE: ReloadAnswer = { ok: true, diagnostics: [], operations: ['-A -t 192.0.2.100:80 -s wlc'] };

/** A director as a copy sees it: a file, what is in use, and a reload that can be made to fail. */
class Node {
  readonly file: string;
  readonly log = arrayLog();
  loaded!: LoadedSettings;
  reloads = 0;
  refuses = (_text: string): string | undefined => undefined;
  findings: SyncHost['check'] = async (bytes, file) => {
    const { configuration, diagnostics } = await parseConfiguration(bytes, file);
    return {
      ok: configuration !== undefined,
      diagnostics: diagnostics.map((one) => formatDiagnostic(file, one)),
    };
  };
  readonly sync: PartnerSync;

  constructor(
    readonly role: NodeRole,
    text: string,
  ) {
    this.file = join(directory, `${role}.cf`);
    writeFileSync(this.file, text);
    const host: ConstructorParameters<typeof PartnerSync>[0] = {
      configFile: this.file,
      loaded: () => this.loaded,
      reload: () => this.reload(),
      check: (bytes, file) => this.findings(bytes, file),
      lvsd: () => undefined,
      partnerLife: () => undefined,
    };
    this.sync = new PartnerSync(host, this.log.log);
  }

  async start(): Promise<this> {
    await this.load();
    await this.sync.refresh();
    return this;
  }

  get text(): string {
    return readFileSync(this.file, 'utf8');
  }

  events(): string[] {
    return this.log.lines.map(([event]) => event);
  }

  /** As an operator does it: looks, then copies what was seen. */
  async copy(direction: 'push' | 'pull', more: Partial<SyncRequest> = {}): Promise<SyncAnswer> {
    const [own, partner] = [await this.look('own'), await this.look('partner')];
    return this.sync.copy({
      ...{ direction, dryRun: false, force: false, by: 'ann', ownHash: own.hash, partnerHash: partner.hash },
      ...more,
    });
  }

  look(side: 'own' | 'partner'): Promise<SyncFile> {
    return this.sync.file({ side, by: 'ann' });
  }

  private async load(): Promise<void> {
    this.loaded = settingsOf(await loadConfiguration(this.file), this.file, this.role);
  }

  private async reload(): Promise<ReloadAnswer> {
    this.reloads += 1;
    const refusal = this.refuses(this.text);
    if (refusal !== undefined) return { ok: false, diagnostics: [refusal], operations: [] };
    await this.load();
    return DONE;
  }
}

let directory: string;
let primary: Node;
let backup: Node;
let textOf: (serial: number, weight: number, ...lines: readonly string[]) => string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sync-desk-'));
  const keyFile = join(directory, 'beat.keys');
  writeFileSync(keyFile, `${newBeatKeyLine(1)}\n`, { mode: 0o600 });
  const line = drawnEnds(ringOf([1, Buffer.alloc(32)])).primary;
  const [path] = line.paths;
  textOf = (serial, weight, ...lines) => `serial_no = ${serial}
primary = ${path?.local}
backup = ${path?.partner}
backup_active = 1
heartbeat_port = ${line.port}
heartbeat_key = ${keyFile}
${lines.map((one) => `${one}\n`).join('')}virtual web {
active = 1
address = 192.0.2.100 eth0:1
server a {
address = 10.0.0.11
active = 1
weight = ${weight}
}
}
`;
  primary = await new Node('primary', textOf(1, 1)).start();
  backup = await new Node('backup', textOf(1, 1)).start();
});
afterEach(() => {
  primary.sync.close();
  backup.sync.close();
  rmSync(directory, { recursive: true });
});

describe('an lvs.cf that is given to the partner', () => {
  it("comes back with what the partner's check warns of, as the partner's", async () => {
    writeFileSync(primary.file, textOf(1, 5));
    const check = backup.findings;
    backup.findings = async (bytes, file) => ({
      ...(await check(bytes, file)),
      diagnostics: ['lvs.cf:7: warning: x'],
    });
    for (const dryRun of [true, false]) {
      const answer = await primary.copy('push', { dryRun });
      expect(answer).toMatchObject({ ok: true, diagnostics: ['partner: lvs.cf:7: warning: x'] });
    }
  });

  it('is checked, written, in use on both, and told on both', async () => {
    writeFileSync(primary.file, textOf(1, 5));
    const answer = await primary.copy('push');
    expect(answer).toMatchObject({ ok: true, changed: true, serial: 2, operations: DONE.operations });
    expect([primary.text, backup.text]).toEqual([textOf(2, 5), textOf(2, 5)]);
    expect([primary.reloads, backup.reloads]).toEqual([1, 1]);
    expect(readFileSync(`${backup.file}.bak.1`, 'utf8')).toBe(textOf(1, 1));
    expect(answer.kept).toBe(`${backup.file}.bak.1`);
    expect(primary.events()).toContain('PULSE_SYNC_SENT');
    const told = {
      by: 'ann on the primary',
      oldSerial: 1,
      serial: 2,
      oldHash: expect.any(String),
      hash: expect.any(String),
    };
    expect(backup.log.lines).toContainEqual(['PULSE_SYNC_TAKEN', expect.objectContaining(told)]);
    expect(await primary.copy('push')).toMatchObject({ ok: true, changed: false });
  });

  it('is refused there by a check that fails there alone: everything is as it was', async () => {
    writeFileSync(primary.file, textOf(2, 5));
    const finding = `${backup.file}:6:1: error BEAT_KEYS_MODE: no`;
    backup.findings = async () => ({ ok: false, diagnostics: [finding] });
    expect(await primary.copy('push')).toMatchObject({
      ok: false,
      code: 'SYNC_INVALID',
      diagnostics: [finding],
    });
    expect([primary.text, backup.text]).toEqual([textOf(2, 5), textOf(1, 1)]);
    expect([primary.reloads, backup.reloads]).toEqual([0, 0]);
    for (const { events } of [primary, backup].map((node) => ({ events: node.events() }))) {
      expect(events).toContain('PULSE_SYNC_REFUSED');
    }
  });

  it('goes back where the reload is refused, and what had taken it reads the old one', async () => {
    writeFileSync(primary.file, textOf(2, 5));
    backup.refuses = (text) => (text.includes('weight = 5') ? 'lvsd is not connected' : undefined);
    expect(await primary.copy('push')).toMatchObject({ ok: false, code: 'SYNC_REFUSED' });
    expect(backup.text).toBe(textOf(1, 1));
    expect(backup.reloads).toBe(2);
    expect(existsSync(`${backup.file}.bak.1`)).toBe(false);
    expect(existsSync(`${backup.file}.lvsctl-old`)).toBe(false);
    expect(await primary.look('partner')).toMatchObject({ inUse: true, serial: 1 });
  });

  it('says that only the partner has it where the own reload is refused', async () => {
    writeFileSync(primary.file, textOf(2, 5));
    primary.refuses = () => 'no';
    expect(await primary.copy('push')).toMatchObject({ ok: false, code: 'SYNC_HALF' });
    expect([primary.text, backup.text]).toEqual([textOf(2, 5), textOf(2, 5)]);
  });

  it('says the same where the own file cannot be written', async () => {
    writeFileSync(primary.file, textOf(1, 5));
    writeFileSync(`${primary.file}.lvsctl-new`, '');
    expect(await primary.copy('push')).toMatchObject({ ok: false, code: 'SYNC_HALF' });
    expect([primary.text, backup.text]).toEqual([textOf(1, 5), textOf(2, 5)]);
    rmSync(`${primary.file}.lvsctl-new`);
    expect(await primary.copy('pull', { force: true })).toMatchObject({ ok: true });
    expect(primary.text).toBe(textOf(2, 5));
  });

  it('does not take the place of one that was changed since it was seen', async () => {
    writeFileSync(primary.file, textOf(2, 5));
    const seen = await primary.look('partner');
    writeFileSync(backup.file, textOf(1, 3));
    const late = await primary.copy('push', { partnerHash: seen.hash, force: true });
    expect(late).toMatchObject({ ok: false, code: 'SYNC_CHANGED' });
    writeFileSync(primary.file, textOf(3, 6));
    const own = await primary.copy('push', { ownHash: seen.hash, force: true });
    expect(own).toMatchObject({ ok: false, code: 'SYNC_CHANGED' });
    expect(backup.text).toBe(textOf(1, 3));
  });

  it('moves no heartbeats unless told to', async () => {
    writeFileSync(primary.file, textOf(2, 1).replace(/heartbeat_port = \d+/, 'heartbeat_port = 31998'));
    expect(await primary.copy('push')).toMatchObject({ ok: false, code: 'SYNC_LINK' });
    expect(await primary.copy('push', { force: true })).toMatchObject({ ok: true });
    expect(backup.loaded.configuration.heartbeatPort).toBe(31_998);
  });

  it('is not touched by words of the partner that make no sense', async () => {
    const { beat, paths, configuration } = primary.loaded;
    if (beat === undefined) throw new Error('no key');
    const line = {
      paths,
      port: configuration.heartbeatPort,
      node: 'primary',
      peer: 'backup',
      ring: beat.ring,
    };
    const words = fc.record(
      {
        contentBase64: fc.anything(),
        expectedHash: fc.oneof(fc.string(), fc.constant('0'.repeat(16))),
        dryRun: fc.anything(),
        force: fc.oneof(fc.boolean(), fc.anything()),
        by: fc.oneof(fc.string(), fc.anything()),
      },
      { requiredKeys: [] },
    );
    const method = fc.oneof({ weight: 5, arbitrary: fc.constant('write') }, fc.string());
    await fc.assert(
      fc.asyncProperty(method, fc.oneof(words, fc.anything()), async (name, params) => {
        const answer = await callPartner(line, name, params, 5_000).catch((error) => error);
        expect(answer).toMatchObject({ code: expect.stringMatching(/^(SYNC|CONTROL)_/) });
      }),
      { numRuns: 60 },
    );
    expect([backup.text, backup.reloads]).toEqual([textOf(1, 1), 0]);
    expect(existsSync(`${backup.file}.lvsctl-old`)).toBe(false);
  });

  it('is one at a time', async () => {
    writeFileSync(primary.file, textOf(2, 5));
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { findings } = backup;
    backup.findings = async (bytes, file) => {
      await held;
      return findings(bytes, file);
    };
    const first = primary.copy('push');
    await expect.poll(() => backup.events()).toContain('PULSE_SYNC_READ');
    await expect
      .poll(() => primary.copy('push').catch((error) => error))
      .toMatchObject({ code: 'SYNC_BUSY' });
    go();
    expect(await first).toMatchObject({ ok: true });
  });
});

describe('an lvs.cf that is taken from the partner', () => {
  it('is checked here, kept aside, in use, and changes nothing there', async () => {
    writeFileSync(backup.file, textOf(4, 7));
    expect(await primary.copy('pull')).toMatchObject({ ok: false, code: 'SYNC_EDITED' });
    expect(await primary.copy('pull', { force: true, dryRun: true })).toMatchObject({
      ok: true,
      changed: true,
    });
    expect([primary.text, primary.reloads]).toEqual([textOf(1, 1), 0]);
    expect(await primary.copy('pull', { force: true })).toMatchObject({ ok: true, serial: 4 });
    expect([primary.text, backup.text]).toEqual([textOf(4, 7), textOf(4, 7)]);
    expect([primary.reloads, backup.reloads]).toEqual([1, 0]);
    expect(backup.events()).toContain('PULSE_SYNC_READ');
  });

  it('is not taken with an error', async () => {
    writeFileSync(backup.file, textOf(4, 7, 'nonsense = 1'));
    const answer = await primary.copy('pull', { force: true });
    expect(answer).toMatchObject({ ok: false, code: 'SYNC_INVALID' });
    expect(answer.diagnostics[0]).toMatch(new RegExp(`^${primary.file}:7:1: error`));
    expect(primary.text).toBe(textOf(1, 1));
  });
});

describe('without a key, a partner or leave', () => {
  it.each([
    ['SYNC_NO_KEY', /^heartbeat_key.*\n/m, ''],
    ['SYNC_OFF', 'virtual web', 'config_sync = 0\nvirtual web'],
    ['SYNC_NO_PARTNER', 'backup_active = 1', 'backup_active = 0'],
  ])('nothing is copied: %s', async (code, from, to) => {
    primary.sync.close();
    const alone = await new Node('primary', textOf(1, 1).replace(from, to)).start();
    await expect(alone.look('partner')).rejects.toMatchObject({ code });
    await expect(backup.look('partner')).rejects.toMatchObject({ code: 'SYNC_UNREACHABLE' });
  });
});
