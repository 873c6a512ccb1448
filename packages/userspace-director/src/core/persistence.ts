import { applyMask, parseIpv4 } from '@piranha/common';

/** A client group that is bound to a server. */
export interface Template<Server> {
  readonly group: number;
  readonly server: Server;
  expiresAtMs: number;
  /** Live connections that were made through it; it does not end before them. */
  controlled: number;
}

const ALL_ONES = 0xffff_ffff;

/** The mask of a persistence setting as a number: dotted or a prefix length; undefined when it is neither. */
export function parsePersistenceMask(text: string | undefined): number | undefined {
  if (text === undefined) return ALL_ONES;
  if (/^[0-9]{1,2}$/.test(text)) {
    const length = Number(text);
    if (length < 1 || length > 32) return undefined;
    return (ALL_ONES << (32 - length)) >>> 0;
  }
  const mask = parseIpv4(text);
  return mask === 0 ? undefined : mask;
}

/** The persistence templates of one service, bounded: the one that was used longest ago goes first. */
export class PersistenceTable<Server> {
  private readonly templates = new Map<number, Template<Server>>();

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.templates.size;
  }

  /**
   * The client's template, if it is alive and `isUsable` takes its server. One whose server takes no new
   * connections is dropped, as the kernel does with expire_quiescent_template=1.
   */
  find(
    clientAddress: number,
    mask: number,
    nowMs: number,
    isUsable: (server: Server) => boolean,
  ): Template<Server> | undefined {
    const group = applyMask(clientAddress, mask);
    const template = this.templates.get(group);
    if (!template) return undefined;
    const isAlive = template.controlled > 0 || nowMs < template.expiresAtMs;
    if (isAlive && isUsable(template.server)) return template;
    this.templates.delete(group);
    return undefined;
  }

  /** Binds the client's group to a server; the caller then uses it with `use`. */
  bind(clientAddress: number, mask: number, server: Server): Template<Server> {
    const group = applyMask(clientAddress, mask);
    const template: Template<Server> = { group, server, expiresAtMs: 0, controlled: 0 };
    this.templates.set(group, template);
    if (this.templates.size > this.limit) this.evictOldest();
    return template;
  }

  /** A connection begins: the timeout starts anew and the template is young again. */
  use(template: Template<Server>, nowMs: number, timeoutMs: number): void {
    template.controlled += 1;
    template.expiresAtMs = nowMs + timeoutMs;
    if (this.templates.delete(template.group)) this.templates.set(template.group, template);
  }

  /** A connection of the template ended. */
  release(template: Template<Server>): void {
    template.controlled -= 1;
  }

  /** Drops every template of a server that left. */
  forgetServer(server: Server): void {
    for (const [group, template] of this.templates) {
      if (template.server === server) this.templates.delete(group);
    }
  }

  /** Drops what has expired. */
  sweep(nowMs: number): void {
    for (const [group, template] of this.templates) {
      if (template.controlled === 0 && nowMs >= template.expiresAtMs) this.templates.delete(group);
    }
  }

  clear(): void {
    this.templates.clear();
  }

  /** Templates of each server that has any, ipvsadm's PersistConn. */
  countByServer(): Map<Server, number> {
    const counts = new Map<Server, number>();
    for (const { server } of this.templates.values()) counts.set(server, (counts.get(server) ?? 0) + 1);
    return counts;
  }

  private evictOldest(): void {
    const oldest = this.templates.keys().next();
    if (!oldest.done) this.templates.delete(oldest.value);
  }
}
