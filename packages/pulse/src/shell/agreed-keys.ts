import { createSecretKey, type KeyObject } from 'node:crypto';
import { closeSync, existsSync, fchmodSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { errorText } from '@piranha/common';
import { type AgreedKey, type BeatKeyRing, loadBeatKeys } from '@piranha/protocol/beat';

/** The newest, and the one before it: by that a partner may speak that has not heard of the newest yet. */
const MOST_KEYS = 2;

/** Keys that this node has agreed on with its partner, in a file of the run directory for its guardian and its next pulse. */
export class AgreedKeys {
  /** Oldest first. */
  private keys: readonly (readonly [number, KeyObject])[] = [];

  /** @param onProblem told where the file cannot be read or written: the keys are good for this process alone then */
  constructor(
    readonly file: string,
    private readonly onProblem: (problem: string) => void,
  ) {}

  /** What is known; undefined where nothing was agreed on. */
  get ring(): BeatKeyRing | undefined {
    const newest = this.keys.at(-1);
    return newest && { sendId: newest[0], secrets: new Map(this.keys) };
  }

  /** Takes up what the process before has agreed on; a file that is not there is no problem. */
  load(): void {
    if (!existsSync(this.file)) return;
    try {
      const { sendId, secrets } = loadBeatKeys(this.file);
      const [others, sent] = [[...secrets].filter(([id]) => id !== sendId), secrets.get(sendId)];
      if (sent !== undefined) this.keys = [...others, [sendId, sent] as const].slice(-MOST_KEYS);
    } catch (error) {
      this.onProblem(errorText(error));
      rmSync(this.file, { force: true });
    }
  }

  /** Takes a new key, by which this node sends from now on. */
  add({ id, secret }: AgreedKey): void {
    const others = this.keys.filter(([known]) => known !== id);
    this.keys = [...others, [id, createSecretKey(secret)] as const].slice(-MOST_KEYS);
    secret.fill(0);
    try {
      this.write();
    } catch (error) {
      this.onProblem(errorText(error));
    }
  }

  private write(): void {
    const newest = this.keys.length - 1;
    const lines = this.keys.map(([id, key], index) => {
      return `${id} ${key.export().toString('hex')}${index === newest ? ' send' : ''}\n`;
    });
    const temporary = `${this.file}.${process.pid}`;
    try {
      writePrivate(temporary, lines.join(''));
      renameSync(temporary, this.file);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }
}

function writePrivate(path: string, text: string): void {
  rmSync(path, { force: true });
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    fchmodSync(descriptor, 0o600);
    writeSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
