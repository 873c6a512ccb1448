import { UserError } from '@piranha/common';
import type { VipAnswer } from '@piranha/protocol';
import type { Director } from './director.js';
import type { OldPartner } from './old-partner.js';

const INTERVAL_MS = 20;
const FEWEST = 10;

type Holder = Director | OldPartner;

interface Sample {
  readonly atMs: number;
  readonly holders: number;
}

/** Looks again and again who holds the address; what cannot be asked at a moment is no sample. */
export class HolderSamples {
  private readonly samples: Sample[] = [];
  private running = true;
  private readonly done: Promise<void>;

  constructor(
    private readonly vip: string,
    private readonly members: readonly Holder[],
  ) {
    this.done = this.loop();
  }

  /**
   * Ends; the longest time that nobody, and that more than one, was seen to hold it, ms.
   * @throws Error when too little was seen to say so
   */
  async end(): Promise<{ readonly nobodyMs: number; readonly bothMs: number }> {
    await this.stop();
    if (this.samples.length < FEWEST) throw new Error(`only ${this.samples.length} looks at the holders`);
    const longest = (isSo: (holders: number) => boolean) => longestRunMs(this.samples, isSo);
    return {
      nobodyMs: longest((holders) => holders === 0),
      bothMs: longest((holders) => holders > 1),
    };
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.done;
  }

  private async loop(): Promise<void> {
    while (this.running) {
      const atMs = performance.now();
      const answers = await Promise.all(this.members.map((member) => holds(member, this.vip)));
      // A move while one was asked would be seen twice, or not at all: such a round proves nothing.
      const again = await Promise.all(this.members.map((member) => holds(member, this.vip)));
      const steady = answers.every((answer, index) => answer !== undefined && answer === again[index]);
      if (steady) this.samples.push({ atMs, holders: answers.filter((answer) => answer === true).length });
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
  }
}

/** Undefined when it does not answer though it may hold the address. */
async function holds(member: Holder, vip: string): Promise<boolean | undefined> {
  if ('holding' in member) return member.holding;
  try {
    const { held } = (await member.call(member.files.ipvsuSocket, 'vip.list')) as VipAnswer;
    return held.includes(vip);
  } catch (error) {
    const gone = error instanceof UserError && error.code === 'CONTROL_UNREACHABLE';
    return gone ? false : undefined;
  }
}

/** From the first sample of a run to the first one after it. */
function longestRunMs(samples: readonly Sample[], isSo: (holders: number) => boolean): number {
  let longestMs = 0;
  let begunAtMs: number | undefined;
  for (const { atMs, holders } of samples) {
    if (isSo(holders)) begunAtMs ??= atMs;
    else {
      if (begunAtMs !== undefined) longestMs = Math.max(longestMs, atMs - begunAtMs);
      begunAtMs = undefined;
    }
  }
  if (begunAtMs === undefined) return longestMs;
  return Math.max(longestMs, (samples.at(-1)?.atMs ?? begunAtMs) - begunAtMs);
}
