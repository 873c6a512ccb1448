import { readKernelStatistics } from '../core/kernel-statistics.js';
import type { Table, TableOperation } from '../core/model.js';
import { isServerOperation } from '../core/netlink-servers.js';
import { sortTable } from '../core/order.js';
import { PlanCheck } from '../core/plan-check.js';
import { parseSaveText } from '../core/save-reader.js';
import { operationArguments, operationText } from '../core/save-text.js';
import { withThresholds } from '../core/thresholds.js';
import { parseTimeouts } from '../core/timeouts-reader.js';
import type { Director, OperationResult, ServiceStatistics, TableTimeouts } from '../director.js';
import { Ipvsadm, ipvsadmFailed, isSystemIpvsadm } from '../shell/ipvsadm.js';
import { KernelServers } from '../shell/kernel-servers.js';

/** A plan of fewer operations takes one call each: that is fewer calls than a restore and its readings. */
const PLAN_FROM_OPERATIONS = 5;

interface Waiting {
  readonly operation: TableOperation;
  /** Position among the results. */
  readonly index: number;
}

/**
 * The kernel's own IPVS table, through `ipvsadm`, which alone knows every kernel's interface. Changes of real servers, which
 * are urgent when one fails, are asked of the kernel itself.
 */
export class KernelDirector implements Director {
  readonly kind = 'kernel';
  private readonly ipvsadm: Ipvsadm;

  /**
   * @param path of ipvsadm; by default it is looked for where systems have it. One elsewhere makes every change.
   * @throws UserError `IPVSADM_MISSING`; every call may reject with `IPVS_NO_MODULE`, `IPVS_NO_PRIVILEGE` or
   * `IPVSADM_FAILED`
   */
  constructor(
    path?: string,
    private readonly servers:
      | Pick<KernelServers, 'prepare' | 'carryOut' | 'close'>
      | undefined = isSystemIpvsadm(path) ? new KernelServers() : undefined,
  ) {
    this.ipvsadm = new Ipvsadm(path);
  }

  /** Makes ready what the first urgent change would wait for. */
  async prepare(): Promise<void> {
    await this.servers?.prepare();
  }

  /** A line that makes no sense is somebody else's: it is left out, and so never touched. */
  async readTable(): Promise<Table> {
    const { table } = parseSaveText(await this.output(['-Sn']));
    if (table.services.length === 0) return table;
    return sortTable(withThresholds(table, await this.output(['-Ln', '--thresholds'])));
  }

  async apply(operations: readonly TableOperation[]): Promise<readonly OperationResult[]> {
    const results = await this.applyServers(operations);
    let waiting: readonly Waiting[] = operations
      .map((operation, index) => ({ operation, index }))
      .slice(results.length);
    while (waiting.length >= PLAN_FROM_OPERATIONS) waiting = await this.restore(waiting, results);
    for (const { operation, index } of waiting) results[index] = await this.applyOne(operation);
    return results;
  }

  async readStatistics(): Promise<readonly ServiceStatistics[]> {
    const [counters, connections] = await Promise.all([
      this.output(['-Ln', '--stats', '--exact']),
      this.output(['-Ln', '--persistent-conn']),
    ]);
    return readKernelStatistics(counters, connections);
  }

  /** The idle timeouts that hold now. @throws UserError `IPVSADM_FAILED` when ipvsadm says them in another form */
  async readTimeouts(): Promise<TableTimeouts> {
    const args = ['-Ln', '--timeout'];
    const timeouts = parseTimeouts(await this.output(args));
    if (timeouts === undefined) throw ipvsadmFailed(args, 'no timeouts in its answer');
    return timeouts;
  }

  async setTimeouts({ tcpSeconds, tcpFinSeconds, udpSeconds }: TableTimeouts): Promise<void> {
    await this.output(['--set', ...[tcpSeconds, tcpFinSeconds, udpSeconds].map(String)]);
  }

  async close(): Promise<void> {
    // The kernel keeps the table.
    this.servers?.close();
  }

  private async output(args: readonly string[]): Promise<string> {
    const { exitCode, stdout, messages } = await this.ipvsadm.run(args);
    if (exitCode !== 0) throw ipvsadmFailed(args, messages.join('; ') || `exit code ${exitCode}`);
    return stdout;
  }

  /** Results of the operations up to the first one that is ipvsadm's. */
  private async applyServers(operations: readonly TableOperation[]): Promise<OperationResult[]> {
    const results: OperationResult[] = [];
    for (const operation of operations) {
      const result = isServerOperation(operation) ? await this.servers?.carryOut(operation) : undefined;
      if (result === undefined) break;
      results.push(result);
    }
    return results;
  }

  private async applyOne(operation: TableOperation): Promise<OperationResult> {
    const { exitCode, messages } = await this.ipvsadm.run(operationArguments(operation));
    if (exitCode === 0) return { ok: true };
    return { ok: false, message: messages.join('; ') || `exit code ${exitCode}` };
  }

  /** One `-R`, read back; what it left undone is tried alone. What it did not reach is returned, for the next one. */
  private async restore(
    waiting: readonly Waiting[],
    results: OperationResult[],
  ): Promise<readonly Waiting[]> {
    const operations = waiting.map(({ operation }) => operation);
    const before = await this.readTable();
    const { exitCode, messages } = await this.ipvsadm.run(['-R'], operations.map(operationText));
    const silent = messages.length === 0 ? 'silent' : 'refusals';
    const end = exitCode === 0 ? silent : 'stopped';
    const check = new PlanCheck(operations, before, await this.readTable(), end);
    const left: Waiting[] = [];
    for (const { operation, index } of waiting) {
      const verdict = check.verdictOn(operation);
      if (verdict.type === 'later') left.push({ operation, index });
      else if (verdict.type === 'unclear') {
        const result = await this.applyOne(operation);
        if (result.ok) check.carriedOut(operation);
        results[index] = result;
      } else
        results[index] = verdict.type === 'done' ? { ok: true } : { ok: false, message: verdict.message };
    }
    return left;
  }
}
