import { lookup } from 'node:dns/promises';
import { monotonicNowMs } from '@piranha/common';

/** A name is asked for again after this time, ms. */
const ASK_AGAIN_MS = 60_000;
const LOOKUP_LIMIT_MS = 3_000;
/** More names are not asked for. */
const MOST_NAMES = 1_000;

/** Addresses of a host name, none for one that does not exist; undefined while the name service does not answer. */
export type LookUp = (name: string) => Promise<readonly string[] | undefined>;

interface Known {
  readonly addresses: readonly string[] | undefined;
  readonly askedAtMs: number;
}

/**
 * Host names and their addresses. Nobody waits for a name service: it is asked aside, for one name at a time, since a
 * look-up holds one of the few threads that read files too. What it said last counts while it does not answer.
 */
export class HostNames {
  private readonly known = new Map<string, Known>();
  private wanted: ReadonlySet<string> = new Set();
  private isAsking = false;
  private hasNews = false;

  constructor(private readonly lookUp: LookUp = lookUpAddresses) {}

  /** The names that are to be known from now on; the others are forgotten. */
  want(names: Iterable<string>): void {
    this.wanted = new Set([...names].slice(0, MOST_NAMES));
    for (const name of this.known.keys()) if (!this.wanted.has(name)) this.known.delete(name);
    this.refresh();
  }

  /** Asks for what was never asked for, or long ago; to be called often. */
  refresh(): void {
    if (!this.isAsking) void this.askAll();
  }

  /** True until the name service was asked, whatever it said. */
  isPending(name: string): boolean {
    return !this.known.has(name);
  }

  addressesOf(name: string): readonly string[] | undefined {
    return this.known.get(name)?.addresses;
  }

  /** True once for each time that more is known, or something else. */
  takeNews(): boolean {
    const { hasNews } = this;
    this.hasNews = false;
    return hasNews;
  }

  private async askAll(): Promise<void> {
    this.isAsking = true;
    for (let name = this.next(); name !== undefined; name = this.next()) {
      const wasKnown = this.known.has(name);
      const before = this.known.get(name)?.addresses;
      const answer = await this.lookUp(name).catch(() => undefined);
      if (!this.wanted.has(name)) continue;
      const addresses = answer ?? before;
      this.known.set(name, { addresses, askedAtMs: monotonicNowMs() });
      if (!wasKnown || JSON.stringify(addresses) !== JSON.stringify(before)) this.hasNews = true;
    }
    this.isAsking = false;
  }

  private next(): string | undefined {
    const nowMs = monotonicNowMs();
    return [...this.wanted].find((name) => {
      const known = this.known.get(name);
      return known === undefined || nowMs - known.askedAtMs >= ASK_AGAIN_MS;
    });
  }
}

async function lookUpAddresses(name: string): Promise<readonly string[] | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), LOOKUP_LIMIT_MS);
  });
  const found = lookup(name, { all: true }).then(
    (answers) => answers.map(({ address }) => address).sort(),
    (error: NodeJS.ErrnoException) => (error.code === 'ENOTFOUND' ? [] : undefined),
  );
  return Promise.race([found, limit]).finally(() => clearTimeout(timer));
}
