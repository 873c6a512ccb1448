import { patient } from '@piranha/common';
import {
  type Family,
  GUARD_CHAIN,
  GUARD_HOOKS,
  GUARD_TABLE,
  type GuardTargets,
  guardFamilies,
  iptablesFill,
  iptablesUnhook,
  nftBase,
  nftEmpty,
  nftFill,
  nftRemove,
} from '../core/guard-rules.js';
import { runTool } from './run-tool.js';

const LIMIT_MS = 5_000;
/** How long somebody else may hold iptables' lock, s. */
const LOCK_WAIT = ['-w', String(Math.ceil(patient(2_000) / 1_000))];

/** One way to have the kernel drop packets. */
export interface GuardTool {
  /** Makes it ready, again where somebody loaded other rules; says what is wrong where it cannot be used here. */
  prepare(): Promise<string | undefined>;
  isOn(): Promise<boolean>;
  on(targets: GuardTargets): Promise<void>;
  off(): Promise<void>;
  /** Leaves nothing behind. */
  clean(): Promise<void>;
}

async function must(program: string, args: readonly string[], input: string): Promise<void> {
  const result = await runTool(program, args, LIMIT_MS, input);
  if (!result.ok) throw new Error(`${program}: ${result.message}`);
}

/** Tables of our own in nftables, which stay while pulse runs; on and off only fill and empty them. */
export class NftGuard implements GuardTool {
  private families: readonly Family[] = [4];
  private filled = false;

  constructor(private readonly program: string) {}

  async prepare(): Promise<string | undefined> {
    const fourth = await runTool(this.program, ['-f', '-'], LIMIT_MS, nftBase([4]));
    if (!fourth.ok) return fourth.message;
    const sixth = await runTool(this.program, ['-f', '-'], LIMIT_MS, nftBase([6]));
    this.families = sixth.ok ? [4, 6] : [4];
    return undefined;
  }

  async isOn(): Promise<boolean> {
    for (const family of this.families) {
      const args = ['list', 'table', family === 4 ? 'ip' : 'ip6', GUARD_TABLE];
      const { ok, stdout } = await runTool(this.program, args, LIMIT_MS);
      if (ok && /\bdrop\b/.test(stdout)) this.filled = true;
    }
    return this.filled;
  }

  async on(targets: GuardTargets): Promise<void> {
    const rules = nftFill(targets);
    const anew = nftEmpty(this.families) + rules;
    if (this.filled) return must(this.program, ['-f', '-'], anew);
    this.filled = true;
    const added = await runTool(this.program, ['-f', '-'], LIMIT_MS, rules);
    // A firewall that was loaded anew may have removed our tables.
    if (!added.ok) await must(this.program, ['-f', '-'], anew);
  }

  async off(): Promise<void> {
    await must(this.program, ['-f', '-'], nftEmpty(this.families));
    this.filled = false;
  }

  async clean(): Promise<void> {
    await must(this.program, ['-f', '-'], nftRemove(this.families));
    this.filled = false;
  }
}

/** Chains of our own in iptables, hooked in once while pulse runs; on and off only fill and empty them. */
export class IptablesGuard implements GuardTool {
  private families: readonly Family[] = [4];
  /** Families with rules of ours, and whether some may be in `mangle` too. */
  private readonly filled = new Map<Family, boolean>();

  constructor(
    private readonly command4: string,
    private readonly command6: string,
  ) {}

  async prepare(): Promise<string | undefined> {
    const problem = await this.hook(4);
    if (problem !== undefined) return problem;
    this.families = (await this.hook(6)) === undefined ? [4, 6] : [4];
    return undefined;
  }

  async isOn(): Promise<boolean> {
    for (const family of this.families) {
      const args = [...LOCK_WAIT, '-S', GUARD_CHAIN];
      const { ok, stdout } = await runTool(this.command(family), args, LIMIT_MS);
      if (ok && stdout.includes(`-A ${GUARD_CHAIN} `)) this.filled.set(family, true);
    }
    return this.filled.size > 0;
  }

  async on(targets: GuardTargets): Promise<void> {
    // One after the other: both need the same lock.
    for (const family of guardFamilies(targets)) await this.fill(targets, family);
  }

  async off(): Promise<void> {
    const nothing: GuardTargets = { vips: [], natServers: [] };
    for (const family of [...this.filled.keys()]) {
      await this.fill(nothing, family);
      this.filled.delete(family);
    }
  }

  async clean(): Promise<void> {
    for (const family of this.families) {
      for (const { table, chain } of GUARD_HOOKS) {
        while (await this.isHooked(family, table, chain)) {
          await must(this.restoreCommand(family), [...LOCK_WAIT, '--noflush'], iptablesUnhook(table, chain));
        }
      }
    }
  }

  /** Enters our chains where they are not entered yet: a leftover of a crash is kept with its rules. */
  private async hook(family: Family): Promise<string | undefined> {
    for (const { table, chain } of GUARD_HOOKS) {
      if (await this.isHooked(family, table, chain)) continue;
      const inTable = [...LOCK_WAIT, '-t', table];
      // Refused where the chain is there already, which is fine.
      await runTool(this.command(family), [...inTable, '-N', GUARD_CHAIN], LIMIT_MS);
      const args = [...inTable, '-I', chain, '-j', GUARD_CHAIN];
      const result = await runTool(this.command(family), args, LIMIT_MS);
      if (!result.ok) return result.message;
    }
    return undefined;
  }

  private async isHooked(family: Family, table: string, chain: string): Promise<boolean> {
    const args = [...LOCK_WAIT, '-t', table, '-C', chain, '-j', GUARD_CHAIN];
    return (await runTool(this.command(family), args, LIMIT_MS)).ok;
  }

  private fill(targets: GuardTargets, family: Family): Promise<void> {
    const passingToo = targets.natServers.length > 0 || (this.filled.get(family) ?? false);
    const text = iptablesFill(targets, family, passingToo);
    this.filled.set(family, passingToo);
    return must(this.restoreCommand(family), [...LOCK_WAIT, '--noflush'], text);
  }

  private command(family: Family): string {
    return family === 4 ? this.command4 : this.command6;
  }

  private restoreCommand(family: Family): string {
    return `${this.command(family)}-restore`;
  }
}
