import type { Socket } from 'node:net';
import { monotonicNowMs, parseIpv4 } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import {
  type OperationResult,
  type ServiceStatistics,
  serverKeyText,
  type Table,
  type TableOperation,
  type TableTimeouts,
} from '@piranha/ipvs';
import type { VipAnswer } from '@piranha/protocol';
import { ConnectionAccount } from '../core/connection.js';
import { DirectorTable } from '../core/director-table.js';
import type { ServerEntry, ServiceEntry } from '../core/entries.js';
import { Doors } from './doors.js';
import type { ServiceListener } from './listener.js';
import { ConnectionRegistry } from './registry.js';
import { TcpListener } from './tcp-listener.js';
import { TcpRelay } from './tcp-relay.js';
import { UdpListener } from './udp-listener.js';

const TABLE_LIMITS = { services: 4_096, servers: 65_536 } as const;
/** Servers that one connection may try: until nanny has seen it, a dead server must not cost every third client. */
const CONNECT_ATTEMPTS = 3;
const SWEEP_INTERVAL_MS = 1_000;

export interface EngineOptions {
  readonly log: EventLog;
  /** Most connections and flows at a time. */
  readonly connectionLimit: number;
}

/** The director itself: table, listeners and connections. The control socket only passes requests on to it. */
export class Engine {
  private readonly table = new DirectorTable(TABLE_LIMITS);
  private readonly registry: ConnectionRegistry;
  private readonly doors: Doors;
  private readonly sweeper: NodeJS.Timeout;

  constructor(private readonly options: EngineOptions) {
    this.registry = new ConnectionRegistry(options.connectionLimit);
    this.doors = new Doors({
      table: this.table,
      log: options.log,
      open: (service, address, port) => this.open(service, address, port),
    });
    this.sweeper = setInterval(() => this.sweep(), SWEEP_INTERVAL_MS);
  }

  readTable(): Table {
    return this.table.read();
  }

  statistics(): ServiceStatistics[] {
    return this.table.statistics();
  }

  setTimeouts(timeouts: TableTimeouts): void {
    this.registry.setTimeouts(timeouts);
  }

  /** Carries operations out in order; answers when the listeners fit the new table. */
  async apply(operations: readonly TableOperation[]): Promise<OperationResult[]> {
    let hasOrphans = false;
    const results = operations.map((operation) => {
      const { result, removed } = this.table.apply(operation);
      hasOrphans ||= removed.length > 0;
      if (!result.ok) {
        const fields = { operation: operation.type, reason: result.message };
        this.options.log.log('IPVSU_OPERATION_REFUSED', fields);
      }
      return result;
    });
    if (hasOrphans) this.registry.orphan();
    await this.doors.reconcile();
    return results;
  }

  hold(addresses: readonly string[]): Promise<VipAnswer> {
    return this.doors.hold(addresses);
  }

  release(addresses: readonly string[]): Promise<VipAnswer> {
    return this.doors.release(addresses);
  }

  listVips(): VipAnswer {
    return this.doors.list();
  }

  /** Closes every listener and resets every connection. */
  close(): void {
    clearInterval(this.sweeper);
    this.doors.close();
    this.registry.resetAll();
  }

  private sweep(): void {
    const nowMs = monotonicNowMs();
    this.registry.sweep(nowMs);
    for (const service of this.table.services()) service.persistence.sweep(nowMs);
    if (this.doors.hasProblems) void this.doors.reconcile();
  }

  private open(service: ServiceEntry, address: string, port: number): Promise<ServiceListener> {
    const { key } = service.settings;
    if (key.kind === 'address' && key.protocol === 'udp') {
      return UdpListener.open({ service, address, port, registry: this.registry });
    }
    const onConnection = (socket: Socket) => this.accept(socket, service);
    return TcpListener.open({ service, address, port, onConnection });
  }

  private accept(socket: Socket, service: ServiceEntry): void {
    const account = this.registry.isFull ? this.noticeLimit() : this.openAccount(socket, service);
    if (!account) {
      socket.on('error', () => {});
      socket.resetAndDestroy();
      return;
    }
    const refusedBy: ServerEntry[] = [];
    const relay = new TcpRelay(socket, account, {
      onConnectFailed: ({ server }, reason) => {
        this.options.log.log('IPVSU_CONNECT_FAILED', { server: serverKeyText(server.settings), reason });
        refusedBy.push(server);
        return refusedBy.length < CONNECT_ATTEMPTS ? this.openAccount(socket, service, refusedBy) : undefined;
      },
      onEnd: (ended) => this.registry.delete(ended),
    });
    this.registry.add(relay);
  }

  private openAccount(
    socket: Socket,
    service: ServiceEntry,
    refusedBy: readonly ServerEntry[] = [],
  ): ConnectionAccount | undefined {
    const { persistentSeconds, scheduler } = service.settings;
    // Asking for the peer costs a system call: only those that look at it do.
    const needsClient = persistentSeconds > 0 || scheduler === 'sh';
    const address = needsClient ? (parseIpv4(socket.remoteAddress ?? '') ?? 0) : 0;
    const port = needsClient ? (socket.remotePort ?? 0) : 0;
    return ConnectionAccount.open(service, { address, port }, 'opening', monotonicNowMs(), refusedBy);
  }

  private noticeLimit(): undefined {
    this.options.log.log('IPVSU_CONNECTION_LIMIT', { limit: this.registry.limit });
  }
}
