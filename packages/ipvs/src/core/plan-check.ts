import { sameServer, sameSettings } from './differ.js';
import {
  serverKeyText,
  serviceKeyText,
  type Table,
  type TableOperation,
  type TableServer,
  type TableService,
} from './model.js';
import { keyOf, TableBuilder } from './table-builder.js';

/**
 * What became of one operation of a plan: an unclear one is to be tried alone, for its message; a later one was not
 * reached, and belongs into the next plan.
 */
type PlanVerdict =
  | { readonly type: 'done' }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'unclear' }
  | { readonly type: 'later' };

const DONE: PlanVerdict = { type: 'done' };

/** How a restore ended: without a word, with refusals, or at a line whose words ipvsadm itself rejects. */
type RestoreEnd = 'silent' | 'refusals' | 'stopped';

/**
 * Judges the operations of one `ipvsadm -R` by the tables before and after, for `-R` goes on after a refusal, exits with
 * 0 all the same and names no line. The plan is gone through on a model of the table before, which refuses what the
 * kernel refuses. An operation that the model carries out but that the table after does not show is unclear. Of two
 * operations on one entry only the later one can be checked. In a restore that stopped, the first unclear operation may
 * be where it did, and what is not seen to be done behind it comes later.
 */
export class PlanCheck {
  private readonly model: TableBuilder;
  private readonly after: AfterIndex;
  private readonly last: ReadonlyMap<string, TableOperation>;
  private mayHaveStopped = false;
  /** Entries, and services as `in KEY`, of which an operation comes later. */
  private readonly postponed = new Set<string>();

  constructor(
    operations: readonly TableOperation[],
    before: Table,
    after: Table,
    private readonly end: RestoreEnd,
  ) {
    this.model = new TableBuilder(before);
    this.after = new AfterIndex(after);
    this.last = lastOfEach(operations);
  }

  /** The verdict on the next operation; to be asked in the plan's order. */
  verdictOn(operation: TableOperation): PlanVerdict {
    if (this.mayHaveStopped) return this.isDoneBehindStop(operation) ? DONE : { type: 'later' };
    const message = this.end === 'silent' ? undefined : this.model.refusalOf(operation);
    if (message !== undefined) return { type: 'refused', message };
    if (this.isLast(operation) && !this.after.shows(operation)) {
      this.mayHaveStopped = this.end === 'stopped';
      return { type: 'unclear' };
    }
    this.carriedOut(operation);
    return DONE;
  }

  /** An unclear operation turned out to be carried out. */
  carriedOut(operation: TableOperation): void {
    this.model.carryOut(operation);
  }

  private isLast(operation: TableOperation): boolean {
    return this.last.get(subjectOf(operation)) === operation;
  }

  /** Operations on one entry keep their order: none is done while an earlier one comes later. */
  private isDoneBehindStop(operation: TableOperation): boolean {
    const subject = subjectOf(operation);
    const inService = `in ${serviceKeyText(keyOf(operation))}`;
    const waits = this.postponed.has(operation.type === 'deleteService' ? inService : subject);
    if (!waits && this.isLast(operation) && this.after.shows(operation)) return true;
    this.postponed.add(subject).add(inService);
    return false;
  }
}

function subjectOf(operation: TableOperation): string {
  const service = serviceKeyText(keyOf(operation));
  if (operation.type === 'addServer' || operation.type === 'editServer') {
    return `${service} ${serverKeyText(operation.server)}`;
  }
  return operation.type === 'deleteServer' ? `${service} ${serverKeyText(operation)}` : service;
}

/** The operation that touches each subject last. A service that is deleted takes what was done to its servers along. */
function lastOfEach(operations: readonly TableOperation[]): ReadonlyMap<string, TableOperation> {
  const last = new Map<string, TableOperation>();
  const serversOf = new Map<string, string[]>();
  for (const operation of operations) {
    const subject = subjectOf(operation);
    const service = serviceKeyText(keyOf(operation));
    last.set(subject, operation);
    if (subject !== service) {
      const servers = serversOf.get(service);
      if (servers) servers.push(subject);
      else serversOf.set(service, [subject]);
    } else if (operation.type === 'deleteService') {
      for (const server of serversOf.get(service) ?? []) last.delete(server);
      serversOf.delete(service);
    }
  }
  return last;
}

class AfterIndex {
  private readonly services: ReadonlyMap<string, TableService>;
  private readonly servers = new Map<string, TableServer>();

  constructor(table: Table) {
    this.services = new Map(table.services.map((service) => [serviceKeyText(service.key), service]));
    for (const [text, service] of this.services) {
      for (const server of service.servers) this.servers.set(`${text} ${serverKeyText(server)}`, server);
    }
  }

  /** Whether the table is as this operation leaves its subject. */
  shows(operation: TableOperation): boolean {
    const subject = subjectOf(operation);
    switch (operation.type) {
      case 'addService':
      case 'editService': {
        const service = this.services.get(subject);
        return service !== undefined && sameSettings(service, operation.service);
      }
      case 'deleteService':
        return !this.services.has(subject);
      case 'addServer':
      case 'editServer': {
        const server = this.servers.get(subject);
        return server !== undefined && sameServer(server, operation.server);
      }
      case 'deleteServer':
        return !this.servers.has(subject);
    }
  }
}
