import type { TableTimeouts } from '@piranha/ipvs';
import { countIn, countOut } from './counters.js';
import type { ServerEntry, ServiceEntry } from './entries.js';
import type { Template } from './persistence.js';
import { type Candidate, findScheduler } from './scheduler.js';

/** `opening` and `closing` (one side has finished) count as inactive, as do all UDP flows: the kernel's columns. */
export type ConnectionPhase = 'opening' | 'established' | 'closing' | 'flow' | 'ended';

/** Timeouts of IPVS unless told otherwise. */
export const DEFAULT_TIMEOUTS: TableTimeouts = { tcpSeconds: 900, tcpFinSeconds: 120, udpSeconds: 300 };

/** New settings over old ones; 0 leaves a value. */
export function mergeTimeouts(old: TableTimeouts, next: TableTimeouts): TableTimeouts {
  return {
    tcpSeconds: next.tcpSeconds || old.tcpSeconds,
    tcpFinSeconds: next.tcpFinSeconds || old.tcpFinSeconds,
    udpSeconds: next.udpSeconds || old.udpSeconds,
  };
}

/** The books of one connection or UDP flow: which server has it, in which column it counts, when it moved last. */
export class ConnectionAccount {
  private phase: ConnectionPhase;
  lastActivityMs: number;

  private constructor(
    readonly server: ServerEntry,
    private readonly template: Template<ServerEntry> | undefined,
    phase: 'opening' | 'flow',
    nowMs: number,
  ) {
    this.phase = phase;
    this.lastActivityMs = nowMs;
  }

  /**
   * Chooses a server for a new client by persistence, then by the scheduler; undefined when none takes it. Servers in
   * `refusedBy` have refused this very connection: they are passed over, and it is not counted again.
   */
  static open(
    service: ServiceEntry,
    client: { readonly address: number; readonly port: number },
    phase: 'opening' | 'flow',
    nowMs: number,
    refusedBy: readonly ServerEntry[] = [],
  ): ConnectionAccount | undefined {
    const { persistentSeconds } = service.settings;
    let template: Template<ServerEntry> | undefined;
    if (persistentSeconds > 0) {
      const takes = (server: ServerEntry) => takesReturning(server) && !refusedBy.includes(server);
      template = service.persistence.find(client.address, service.persistenceMask, nowMs, takes);
    }
    const server = template?.server ?? schedule(service, client, refusedBy);
    if (!server) return undefined;
    if (persistentSeconds > 0) {
      template ??= service.persistence.bind(client.address, service.persistenceMask, server);
      service.persistence.use(template, nowMs, persistentSeconds * 1000);
    }
    if (refusedBy.length === 0) service.counters.connections += 1;
    server.counters.connections += 1;
    server.inactiveConnections += 1;
    server.updateOverload();
    return new ConnectionAccount(server, template, phase, nowMs);
  }

  /** Both sides are connected. */
  establish(): void {
    if (this.phase !== 'opening') return;
    this.phase = 'established';
    this.server.inactiveConnections -= 1;
    this.server.activeConnections += 1;
  }

  /** One side will send no more. */
  halfClose(): void {
    if (this.phase !== 'established') return;
    this.phase = 'closing';
    this.server.activeConnections -= 1;
    this.server.inactiveConnections += 1;
  }

  /** The connection is gone; a second call does nothing. */
  end(): void {
    if (this.phase === 'ended') return;
    if (this.phase === 'established') this.server.activeConnections -= 1;
    else this.server.inactiveConnections -= 1;
    this.phase = 'ended';
    this.server.updateOverload();
    if (this.template) this.server.service.persistence.release(this.template);
  }

  /** Data from the client. */
  received(bytes: number, nowMs: number): void {
    this.lastActivityMs = nowMs;
    countIn(this.server, bytes);
    countIn(this.server.service, bytes);
  }

  /** Data from the real server. */
  answered(bytes: number, nowMs: number): void {
    this.lastActivityMs = nowMs;
    countOut(this.server, bytes);
    countOut(this.server.service, bytes);
  }

  /** True when it has been idle longer than its phase allows. */
  isExpired(timeouts: TableTimeouts, nowMs: number): boolean {
    const seconds = {
      opening: timeouts.tcpSeconds,
      established: timeouts.tcpSeconds,
      closing: timeouts.tcpFinSeconds,
      flow: timeouts.udpSeconds,
      ended: 0,
    }[this.phase];
    return nowMs - this.lastActivityMs >= seconds * 1000;
  }
}

/** A returning client may pass a threshold, as in the kernel, but not go to a quiesced or removed server. */
function takesReturning(server: ServerEntry): boolean {
  return server.weight > 0 && !server.isRemoved;
}

function schedule(
  service: ServiceEntry,
  client: { readonly address: number; readonly port: number },
  refusedBy: readonly ServerEntry[],
): ServerEntry | undefined {
  const { scheduler, schedulerFlags } = service.settings;
  const choice = findScheduler(scheduler)?.({
    candidates: refusedBy.length === 0 ? service.servers : service.servers.map(passOver(refusedBy)),
    memory: service.memory,
    clientAddress: client.address,
    clientPort: client.port,
    flags: schedulerFlags,
  });
  if (!choice) return undefined;
  service.memory = choice.memory;
  return service.servers[choice.index];
}

/** A server that refused, or went with its service, has no weight for this connection; its place in the list stays. */
function passOver(refusedBy: readonly ServerEntry[]): (server: ServerEntry) => Candidate {
  return (server) =>
    refusedBy.includes(server) || server.isRemoved
      ? { weight: 0, activeConnections: 0, inactiveConnections: 0, isOverloaded: false }
      : server;
}
