import { type GuardTargets, guardFamilies } from '../core/guard-rules.js';
import { type GuardTool, IptablesGuard, NftGuard } from './guard-tools.js';

/** Programs that a guard may use; names are looked for in the system's directories. */
export interface GuardPrograms {
  readonly nft: string;
  /** Prefixes: `iptables` stands for iptables, iptables-restore, ip6tables and ip6tables-restore. */
  readonly iptables: readonly (readonly [command4: string, command6: string])[];
}

const PROGRAMS: GuardPrograms = {
  nft: 'nft',
  iptables: [
    ['iptables', 'ip6tables'],
    ['iptables-legacy', 'ip6tables-legacy'],
  ],
};

/** No way to guard on this machine: nothing was begun, so there is nothing to end. */
export class NoGuardTool extends Error {
  constructor(problems: readonly string[]) {
    super(`neither nft nor iptables works: ${problems.join('; ')}`);
  }
}

/**
 * Holds back TCP resets, and untranslated replies of NAT, around a takeover. The tool is chosen once: nft, or iptables
 * where nft does not work. Calls run one after the other.
 */
export class ResetGuard {
  private chosen: Promise<GuardTool> | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly programs: GuardPrograms = PROGRAMS) {}

  /**
   * Chooses the tool and makes it ready, so that `on` is quick; a leftover of a crash stays. True if a guard is on.
   * @throws Error when no tool works; a later call tries again
   */
  prepare(): Promise<boolean> {
    return this.inTurn(async () => (await this.tool()).isOn());
  }

  /**
   * Guards exactly these targets. @throws NoGuardTool when no tool works; Error when the tool refuses, and then part of
   * the guard may be on
   */
  on(targets: GuardTargets): Promise<void> {
    return this.inTurn(async () => {
      if (guardFamilies(targets).length === 0) return;
      await (await this.tool()).on(targets);
    });
  }

  /**
   * Makes the tool ready again: a firewall that was loaded anew may have removed what is ours. Tells nothing; a guard
   * that cannot be had is told by `on`.
   */
  async repair(): Promise<void> {
    await this.inTurn(async () => {
      await (await this.tool()).prepare();
    }).catch(() => {});
  }

  /** Guards nothing. @throws Error as `on` */
  off(): Promise<void> {
    return this.inTurn(async () => (await this.tool()).off());
  }

  /** Removes everything of ours; for the end. Never rejects: without a tool there is nothing of ours. */
  async clean(): Promise<void> {
    await this.inTurn(async () => {
      const tool = await this.chosen?.catch(() => undefined);
      await tool?.clean();
    }).catch(() => {});
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.queue.then(work);
    this.queue = turn.catch(() => {});
    return turn;
  }

  private tool(): Promise<GuardTool> {
    this.chosen ??= this.choose().catch((error: unknown) => {
      this.chosen = undefined;
      throw error;
    });
    return this.chosen;
  }

  private async choose(): Promise<GuardTool> {
    const { nft, iptables } = this.programs;
    const tools: GuardTool[] = [
      new NftGuard(nft),
      ...iptables.map(([command4, command6]) => new IptablesGuard(command4, command6)),
    ];
    const problems: string[] = [];
    for (const tool of tools) {
      const problem = await tool.prepare();
      if (problem === undefined) return tool;
      problems.push(problem);
    }
    throw new NoGuardTool(problems);
  }
}
