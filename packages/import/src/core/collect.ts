import { addressFamily } from '@piranha/common';
import { lacksPort, pinged } from './checks.js';
import type { Draft, DraftServer, DraftVirtual } from './draft.js';
import { familyOf } from './draft.js';
import type { Ledger, Statement } from './ledger.js';

/** A service's name for people, the same for services that are one table entry. */
function textOf(virtual: DraftVirtual): string {
  const { address, port, protocol, mark } = virtual;
  return mark > 0 ? `IPv${familyOf(virtual)} mark ${mark}` : `${protocol} ${address} port ${port}`;
}

/** Puts services into a draft, each table entry once. */
export class ServiceCollector {
  private readonly lines = new Map<string, number>();

  constructor(
    private readonly draft: Draft,
    private readonly ledger: Ledger,
  ) {}

  /** Takes the services of a statement; notes why the table cannot have one of them. */
  add(statement: Statement, virtuals: readonly DraftVirtual[]): void {
    const problems = virtuals.flatMap((virtual) => this.take(statement, virtual) ?? []);
    const [first] = problems;
    if (first !== undefined && problems.length === virtuals.length) this.ledger.noteAll(statement, first);
    else for (const problem of problems) this.ledger.note(statement, problem);
  }

  /** Takes a service, or says why not. */
  private take(statement: Statement, virtual: DraftVirtual): string | undefined {
    const text = textOf(virtual);
    const earlier = this.lines.get(text);
    if (earlier !== undefined) return `${text} is the service of line ${earlier} already`;
    if (virtual.mark === 0 && virtual.port === 0 && virtual.persistentSeconds === 0) {
      return `${text}: the kernel takes a service for all ports only with persistence`;
    }
    this.lines.set(text, statement.line);
    this.draft.virtuals.push(withKernelPorts(this.withReachableCheck(statement, virtual)));
    return undefined;
  }

  /** A server without a port can be asked for a sign of life only. */
  private withReachableCheck(statement: Statement, virtual: DraftVirtual): DraftVirtual {
    const bare = virtual.servers.filter(lacksPort).map(({ address }) => address);
    if (bare.length === 0) return virtual;
    const all = bare.length === virtual.servers.length;
    const which = all
      ? 'no port of its servers is known that a check could use: they are pinged'
      : `no port of ${bare.join(', ')} is known that a check could use: pinged instead`;
    this.ledger.note(statement, which);
    return { ...virtual, servers: virtual.servers.map((one) => (lacksPort(one) ? pinged(one) : one)) };
  }
}

/** Without NAT the kernel stores the port of the service; that of the server is the one that is checked. */
function withKernelPorts(virtual: DraftVirtual): DraftVirtual {
  const { mark, port } = virtual;
  if (mark > 0 || port === 0) return virtual;
  const servers = virtual.servers.map((server) =>
    server.forwarding === 'nat' || server.port === port
      ? server
      : { ...server, port, checkPort: server.checkPort ?? server.port },
  );
  return { ...virtual, servers };
}

interface Entry {
  readonly statement: Statement;
  readonly server: DraftServer;
}

/** The servers that the table can hold beside each other; the others get notes. */
export function distinctServers<E extends Entry>(
  ledger: Ledger,
  entries: readonly E[],
  mark: boolean,
): readonly E[] {
  const lines = new Map<string, number>();
  const [first] = entries;
  return entries.filter(({ statement, server: { address, port, forwarding } }) => {
    if (mark && first && forwarding !== 'tunnel') {
      const family = addressFamily(first.server.address);
      if (addressFamily(address) !== family) {
        ledger.noteAll(
          statement,
          `the servers of this mark are IPv${family}, as line ${first.statement.line} begins`,
        );
        return false;
      }
    }
    // Without NAT the table knows no real ports, and of a mark it knows a server once.
    const key = forwarding === 'nat' && !mark ? `${address} ${port}` : address;
    const earlier = lines.get(key);
    if (earlier === undefined) {
      lines.set(key, statement.line);
      return true;
    }
    ledger.noteAll(statement, `${key} is in the table already, from line ${earlier}`);
    return false;
  });
}
