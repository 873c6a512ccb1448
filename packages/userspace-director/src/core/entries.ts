import { type ServiceSettings, serverKeyText, type TableServer } from '@piranha/ipvs';
import { newCounters } from './counters.js';
import { PersistenceTable, parsePersistenceMask } from './persistence.js';
import { type Candidate, FRESH_MEMORY, type SchedulerMemory } from './scheduler.js';
import { isOverThreshold } from './threshold.js';

/** Persistence templates of one service, at most. */
const TEMPLATE_LIMIT = 100_000;

/** A real server of a service as the director serves it; changed in place by each connection. */
export class ServerEntry implements Candidate {
  readonly counters = newCounters();
  activeConnections = 0;
  inactiveConnections = 0;
  isOverloaded = false;
  /** True once the entry has left the table; its connections then have no home. */
  isRemoved = false;

  constructor(
    readonly service: ServiceEntry,
    public settings: TableServer,
  ) {}

  get weight(): number {
    return this.settings.weight;
  }

  /** Weighs the thresholds again; after each change of connections or settings. */
  updateOverload(): void {
    const connections = this.activeConnections + this.inactiveConnections;
    this.isOverloaded = isOverThreshold(this.isOverloaded, connections, this.settings);
  }
}

/** A virtual service as the director serves it. */
export class ServiceEntry {
  readonly counters = newCounters();
  readonly servers: ServerEntry[] = [];
  readonly persistence = new PersistenceTable<ServerEntry>(TEMPLATE_LIMIT);
  memory: SchedulerMemory = FRESH_MEMORY;

  private readonly byKey = new Map<string, ServerEntry>();

  constructor(public settings: ServiceSettings) {}

  find(server: { readonly address: string; readonly port: number }): ServerEntry | undefined {
    return this.byKey.get(serverKeyText(server));
  }

  /** Adds a server that is not there yet. */
  add(server: TableServer): void {
    const entry = new ServerEntry(this, server);
    this.servers.push(entry);
    this.byKey.set(serverKeyText(server), entry);
    this.memory = FRESH_MEMORY;
  }

  remove(entry: ServerEntry): void {
    this.servers.splice(this.servers.indexOf(entry), 1);
    this.byKey.delete(serverKeyText(entry.settings));
    this.persistence.forgetServer(entry);
    this.memory = FRESH_MEMORY;
    entry.isRemoved = true;
  }

  /** Mask of the persistence groups as a number. */
  get persistenceMask(): number {
    return parsePersistenceMask(this.settings.persistenceMask) ?? 0xffff_ffff;
  }
}
