import { errorText, UserError } from '@piranha/common';
import { ControlClient } from '@piranha/protocol';
import type { Table, TableOperation } from '../core/model.js';
import { sortTable } from '../core/order.js';
import { readTableValue } from '../core/wire.js';
import { readResults, readStatisticsValue } from '../core/wire-answers.js';
import type { Director, OperationResult, ServiceStatistics, TableTimeouts } from '../director.js';

/** Longest wait for an answer, ms. */
const CALL_LIMIT_MS = 5_000;

/** Codes with which a call fails because of the connection, not of what was asked. */
const CONNECTION_CODES = new Set(['CONTROL_UNREACHABLE', 'CONTROL_TIMEOUT']);

/** The table of an `ipvsu` process, through its Unix socket. It is connected, again if need be, by each call. */
export class UserspaceDirector implements Director {
  readonly kind = 'userspace';
  private client: Promise<ControlClient> | undefined;
  private isClosed = false;

  /** @param socketPath ipvsu's socket in its run directory */
  constructor(private readonly socketPath: string) {}

  async readTable(): Promise<Table> {
    return sortTable(readTableValue(await this.call('table.read', {})));
  }

  async apply(operations: readonly TableOperation[]): Promise<readonly OperationResult[]> {
    if (operations.length === 0) return [];
    return readResults(await this.call('table.apply', { operations }), operations.length);
  }

  async readStatistics(): Promise<readonly ServiceStatistics[]> {
    return readStatisticsValue(await this.call('statistics', {}));
  }

  async setTimeouts(timeouts: TableTimeouts): Promise<void> {
    await this.call('timeouts', timeouts);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const client = await this.client?.catch(() => undefined);
    client?.close();
  }

  private async call(method: string, params: unknown): Promise<unknown> {
    try {
      const client = await this.connected();
      return await client.call(method, params, CALL_LIMIT_MS);
    } catch (error) {
      if (error instanceof UserError && !CONNECTION_CODES.has(error.code)) throw error;
      throw new UserError(`userspace director not reachable: ${errorText(error)}`, {
        code: 'DIRECTOR_UNREACHABLE',
        hint: `is ipvsu running with the socket ${this.socketPath}?`,
      });
    }
  }

  private connected(): Promise<ControlClient> {
    if (this.isClosed) return Promise.reject(new UserError('closed', { code: 'CONTROL_UNREACHABLE' }));
    const forget = () => {
      this.client = undefined;
    };
    this.client ??= ControlClient.connect({ path: this.socketPath, onClose: forget }).catch((error) => {
      forget();
      throw error;
    });
    return this.client;
  }
}
