import { tryOperation } from '../core/apply.js';
import type { Table, TableOperation } from '../core/model.js';
import { sortTable } from '../core/order.js';
import type { Director, OperationResult, ServiceStatistics, TableTimeouts } from '../director.js';

/** A table in memory, for tests: the kernel's refusals, no traffic. */
export class MemoryDirector implements Director {
  readonly kind = 'memory';
  /** The timeouts that were set last; zeros until then. */
  timeouts: TableTimeouts = { tcpSeconds: 0, tcpFinSeconds: 0, udpSeconds: 0 };

  constructor(private table: Table = { services: [] }) {}

  async readTable(): Promise<Table> {
    return sortTable(this.table);
  }

  async apply(operations: readonly TableOperation[]): Promise<readonly OperationResult[]> {
    return operations.map((operation): OperationResult => {
      const result = tryOperation(this.table, operation);
      if (!result.ok) return result;
      this.table = result.table;
      return { ok: true };
    });
  }

  async readStatistics(): Promise<readonly ServiceStatistics[]> {
    const none = { connections: 0, packetsIn: 0, packetsOut: 0, bytesIn: 0, bytesOut: 0 };
    return sortTable(this.table).services.map(({ key, servers }) => ({
      key,
      ...none,
      servers: servers.map(({ address, port }) => ({
        address,
        port,
        activeConnections: 0,
        inactiveConnections: 0,
        persistentConnections: 0,
        ...none,
      })),
    }));
  }

  async setTimeouts({ tcpSeconds, tcpFinSeconds, udpSeconds }: TableTimeouts): Promise<void> {
    this.timeouts = {
      tcpSeconds: tcpSeconds || this.timeouts.tcpSeconds,
      tcpFinSeconds: tcpFinSeconds || this.timeouts.tcpFinSeconds,
      udpSeconds: udpSeconds || this.timeouts.udpSeconds,
    };
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}
