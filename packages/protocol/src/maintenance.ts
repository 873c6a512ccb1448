import type { ServerOrder } from './core/server-orders.js';

/** What travels about real servers that an operator takes out of service. */

/** lvsd's method `maintain`. `undrain` ends a drain, `enable` whatever was ordered. */
export interface MaintenanceRequest {
  readonly action: 'drain' | 'undrain' | 'disable' | 'enable';
  /** Name, address or ADDRESS:PORT, perhaps behind `SERVICE/`. */
  readonly server: string;
  readonly by: string;
  readonly reason?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
  /** Although no server of a service is left then. */
  readonly force?: boolean | undefined;
}

/** Why a server is out of service although its check may pass. */
export interface ServerMaintenance {
  readonly kind: 'drain' | 'disable';
  /**
   * `draining`: no new connections, the others go on; `drained`, `disabled`: out of the table; `held`: a file of
   * maintenance_dir that is not obeyed, for no server of a service would be left.
   */
  readonly phase: 'draining' | 'drained' | 'disabled' | 'held';
  readonly by: string;
  /** Wall clock, ISO 8601. */
  readonly at: string;
  /** Empty for none. */
  readonly reason: string;
  readonly timeoutSeconds?: number | undefined;
  /** A drain's last look at its entry. */
  readonly left?: DrainCounts | undefined;
}

/** What an entry of the table still counts. */
export interface DrainCounts {
  readonly active: number;
  /** Connections that end, those of UDP among them. */
  readonly inactive: number;
  /** Persistence templates by which clients come back to a quiesced server; 0 where the kernel ends them. */
  readonly templates: number;
}

/** One place of a server in the answer to `maintain` and `maintenance`. */
export interface MaintainedServer {
  readonly service: string;
  readonly server: string;
  /** `10.0.0.11:80`. */
  readonly address: string;
  readonly place: string;
  /** Absent: in service as far as operators are concerned. */
  readonly maintenance?: ServerMaintenance | undefined;
}

/** Answer to `maintain`; that of `maintenance`, which names every server that is out by order, has no text. */
export interface MaintenanceAnswer {
  /** False: nothing was changed, and `text` says why. */
  readonly ok: boolean;
  readonly text: string;
  /** Why not; absent with a yes. */
  readonly code?: string | undefined;
  readonly servers: readonly MaintainedServer[];
}

/**
 * What lvsd's methods `maintenance.record` answers and `maintenance.merge` takes and answers: the orders of one director, for
 * the other one.
 */
export interface MaintenanceExchange {
  readonly orders: readonly ServerOrder[];
}
